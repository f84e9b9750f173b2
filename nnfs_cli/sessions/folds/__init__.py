"""Folds: cross-validation, a run for each fold, and what all of them say of the examples that they held out.

Read `cross_validate`, then `one_fold` and `out_of_fold`.
"""
