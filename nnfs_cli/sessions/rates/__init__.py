"""Rates: the learning-rate range test of a task, by itself or before a training, and its files.

Read `lr_find`; the test itself is in `training/rates`.
"""
