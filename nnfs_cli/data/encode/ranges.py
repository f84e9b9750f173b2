"""Ranges: which values the training split had, to tell when an input is far from all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nnfs_cli.data.encode.packed import pack, unpack
from nnfs_cli.nn.shapes import Array, Shape

MOST_FEATURES = 10_000


class Outlier(NamedTuple):
    """The first value of a feature that is far outside; feature is None where all share one range."""

    feature: int | None
    row: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Ranges:
    """The smallest and the largest value of every feature in training.

    Attributes:
        low, high: float64, (features,) for vectors of up to 10,000 numbers, else (1,) for all numbers together.
    """

    low: Array
    high: Array

    @classmethod
    def fit(cls, x: Array) -> Ranges:
        """Measure x (N, *input_shape)."""
        axis = 0 if x.ndim == 2 and x.shape[1] <= MOST_FEATURES else None
        return cls(*(np.atleast_1d(find(x, axis=axis)).astype(np.float64) for find in (np.min, np.max)))

    def outliers(self, x: Array) -> Iterator[Outlier]:
        """The first value of each feature of x (n, *input_shape) that is further outside than the range is wide.

        A feature that had one value only has no width: every other value is outside.
        """
        outside = self._outside(x)
        for feature in np.flatnonzero(outside.any(axis=0)):
            row = int(outside[:, feature].argmax())
            yield self._outlier(x[row].ravel(), int(feature), row)

    def outliers_by_row(self, x: Array) -> Iterator[Outlier]:
        """Every value of x (n, *input_shape) that `outliers` looks for, row by row."""
        for row, feature in np.argwhere(self._outside(x)):
            yield self._outlier(x[row].ravel(), int(feature), int(row))

    def _outside(self, x: Array) -> Array:
        """(n, features), or (n, 1) where all share one range."""
        rows = x.reshape(len(x), -1)
        with np.errstate(over="ignore"):
            width = self.high - self.low
            outside = (rows < self.low - width) | (rows > self.high + width)
        return outside.any(axis=1, keepdims=True) if len(self.low) == 1 else outside

    def _outlier(self, example: Array, feature: int, row: int) -> Outlier:
        low, high = float(self.low[feature]), float(self.high[feature])
        if len(self.low) > 1 or len(example) == 1:
            return Outlier(feature, row, float(example[feature]), low, high)
        furthest = example[np.abs(example.astype(np.float64) - (low + high) / 2).argmax()]
        return Outlier(None, row, float(furthest), low, high)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into the same numbers."""
        return {"low": pack(self.low), "high": pack(self.high)}

    @classmethod
    def from_json(cls, state: dict[str, Any], shape: Shape) -> Ranges:
        """The ranges that `to_json` described, for examples of this shape.

        Raises:
            ValueError: they do not fit them, or are no ranges.
        """
        low, high = unpack(state["low"]), unpack(state["high"])
        if low.shape != high.shape or low.shape not in {(1,), shape} or not (low <= high).all():
            raise ValueError(f"the ranges do not fit examples of shape {shape}")
        return cls(low, high)
