"""Filling: what takes the place of missing numbers, measured on the training split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.data.columns.base import Feature
from nnfs_cli.nn.shapes import Array


def fitted(x: Array, features: Sequence[Feature]) -> Array:
    """What takes the place of a missing number of each feature of x (N, features): (features,) float64.

    As SimpleImputer in scikit-learn: the mean, or the median, of the numbers that are there; 0 where there are none.
    """
    fill = np.zeros(len(features))
    for place, feature in enumerate(features):
        if not isinstance(feature.fill, str):
            fill[place] = feature.fill
            continue
        column = x[:, place].astype(np.float64)
        known = column[~np.isnan(column)]
        if known.size:
            fill[place] = np.median(known) if feature.fill == "median" else known.mean()
    return fill


def fill_in(x: Array, fill: Array) -> Array:
    """x (N, features), changed where it is, with what takes the place of NaN; float64 where that needs it."""
    for place, value in enumerate(fill):
        missing = np.isnan(x[:, place])
        if missing.any():
            if np.float32(value) != value and x.dtype == np.float32:
                x = x.astype(np.float64)
            x[missing, place] = value
    return x
