"""Splits: which examples are trained on, which choose the best epoch, and which are measured in the end.

Read `division`, then `holdout`.
"""
