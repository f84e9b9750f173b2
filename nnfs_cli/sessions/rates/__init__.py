"""Rates: the learning-rate range test.

In comes a task; out come its steps, the rates that four rules suggest, and the files that hold them. Read `lr_find`.
"""
