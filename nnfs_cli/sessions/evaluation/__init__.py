"""Evaluation: a saved network measured on a split of its data.

In come a checkpoint and the name of a split; out come figures, and the files that hold them. Read `evaluate`.
"""
