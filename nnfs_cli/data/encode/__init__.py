"""Encode: what is measured on the training split and applied to all others.

In come raw arrays; out come means and deviations, ranges, transforms of targets and class numbers, all of which a
checkpoint holds. Read `standardize`, `target_transform`, then `labels`.
"""
