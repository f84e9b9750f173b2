"""Standardizer: inputs with mean 0 and deviation 1, or median 0 and quartiles 1 apart, as the training split was."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.encode.packed import pack, unpack
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import quoted

_BLOCK = 1 << 20
_SMALLEST = 1e-30
_TILE = 1 << 15
LIMIT = 3.0
"""What features that were measured robustly are kept below."""


@dataclass(frozen=True, eq=False)
class Standardizer:
    """x -> z / sqrt(1 + (bend z)^2), z = (x - mean) / deviation; z is 0 for a feature that did not vary in training.

    Nothing was learned of such a feature.

    Attributes:
        mean, deviation: float64, both of a shape that broadcasts against one example: (channels, 1, 1) for images,
            (features,) for tables, (1,) for vectors of pixels. A feature that does not vary has deviation 0.
        bend: float64 of the same shape, 1 / the number that |z| is kept below, 0 for none; None if there is no such
            number anywhere.
    """

    mean: Array
    deviation: Array
    bend: Array | None = None

    @classmethod
    def fit(cls, x: Array) -> Standardizer:
        """Measure x (N, *input_shape); exact for uint8, summed in float64 otherwise."""
        return _fit_pixels(x) if x.dtype == np.uint8 else _fit_numbers(x)

    @classmethod
    def fit_robust(cls, x: Array, unscaled: Array | None = None) -> Standardizer:
        """Measure median and quartiles of x (N, *input_shape), each feature by itself, and keep |z| below 3 smoothly.

        `mean` is the median and `deviation` the distance between the quartiles, or half of the range if that is 0.
        Robust scaling and smooth clipping of Holzmüller et al. 2024, arXiv:2407.04491 (RealMLP).

        Args:
            unscaled: features (*input_shape) that need not be measured.
        """
        columns = x.reshape(len(x), math.prod(x.shape[1:]))
        left = np.zeros(columns.shape[1], bool) if unscaled is None else unscaled.ravel()
        centre, width = np.zeros(len(left)), np.zeros(len(left))
        for feature in np.flatnonzero(~left):
            centre[feature], width[feature] = _centre_and_width(columns[:, feature])
        width[width < _SMALLEST] = 0
        return cls(*(array.reshape(x.shape[1:]) for array in (centre, width, np.full(len(left), 1 / LIMIT))))

    @classmethod
    def fit_each(cls, x: Array, ways: Sequence[bool | str]) -> Standardizer:
        """Measure x (N, features), each feature in its own way.

        Args:
            ways: True for mean and deviation, "robust" for median and quartiles, False to leave a feature as it is,
                unless it did not vary.
        """
        standard, robust = np.array([way is True for way in ways]), np.array([way == "robust" for way in ways])
        fitted, fitted_robustly = cls.fit(x), cls.fit_robust(x, ~robust)
        mean = np.where(robust, fitted_robustly.mean, np.where(standard, fitted.mean, 0.0))
        as_it_is = np.where(fitted.deviation > 0, 1.0, 0.0)
        deviation = np.where(robust, fitted_robustly.deviation, np.where(standard, fitted.deviation, as_it_is))
        return cls(mean, deviation, np.where(robust, fitted_robustly.bend, 0.0) if robust.any() else None)

    @classmethod
    def unmeasured(cls, x: Array) -> Standardizer:
        """What `standardize: false` means: pixels are scaled to 0..1, other numbers are left alone."""
        mean = np.zeros(_statistics_shape(x))
        return cls(mean, np.full_like(mean, 255 if x.dtype == np.uint8 else 1))

    @property
    def scale(self) -> Array:
        """What x - mean is multiplied by."""
        return np.divide(1, self.deviation, out=np.zeros_like(self.deviation), where=self.deviation > 0)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into the same numbers."""
        bend = None if self.bend is None else pack(self.bend)
        return {"mean": pack(self.mean), "deviation": pack(self.deviation), "bend": bend}

    @classmethod
    def from_json(cls, state: dict[str, Any], shape: tuple[int, ...]) -> Standardizer:
        """The standardizer that `to_json` described, for examples of this shape.

        Raises:
            ValueError: it does not fit them, or holds numbers that no training gives.
        """
        mean, deviation = unpack(state["mean"]), unpack(state["deviation"])
        if mean.shape != deviation.shape or np.broadcast_shapes(mean.shape, shape) != shape:
            raise ValueError(f"the standardizer does not fit examples of shape {shape}")
        if not (np.isfinite(mean).all() and np.isfinite(deviation).all() and (deviation >= 0).all()):
            raise ValueError("the standardizer is not finite, or has deviations below 0")
        if (bend := state.get("bend")) is None:
            return cls(mean, deviation)
        bend = unpack(bend)
        if bend.shape != mean.shape or not ((bend >= 0) & (bend <= 1)).all():
            raise ValueError(f"the standardizer does not bend features as a training does, got {quoted(state['bend'])}")
        return cls(mean, deviation, bend)


def bent(z: Array, bend: Array, out: Array) -> Array:
    """z / sqrt(1 + (bend z)^2) for z (n, features), written to `out`, which may be z; some rows at a time."""
    rows = max(1, _TILE // max(1, z.shape[1]))
    for start in range(0, len(z), rows):
        part = slice(start, start + rows)
        root = np.square(z[part] * bend)
        root += 1
        np.divide(z[part], np.sqrt(root, out=root), out=out[part], casting="same_kind")
    return out


def _centre_and_width(column: Array) -> tuple[float, float]:
    """The median, and the distance of the quartiles or, where it is 0, half of that of the extremes."""
    shares = (0, 0.25, 0.5, 0.75, 1)
    low, first, median, third, high = np.quantile(column.astype(np.float64), shares, overwrite_input=True)
    return median, third - first if third > first else (high - low) / 2


def _statistics_shape(x: Array) -> tuple[int, ...]:
    if x.ndim == 4:
        return (x.shape[1], 1, 1)
    return (1,) if x.dtype == np.uint8 else x.shape[1:]


def _fit_pixels(x: Array) -> Standardizer:
    shape = _statistics_shape(x)
    channels = x.reshape(len(x), shape[0], -1)
    counts = np.stack([_histogram(channels[:, c]) for c in range(shape[0])])
    levels, totals = np.arange(256.0), counts.sum(axis=1)
    mean = counts @ levels / totals
    variance = np.sum(counts * (levels - mean[:, None]) ** 2, axis=1) / totals
    return _standardizer(mean, variance, constant=counts.max(axis=1) == totals, shape=shape)


def _fit_numbers(x: Array) -> Standardizer:
    shape, axes = _statistics_shape(x), (0, 2, 3) if x.ndim == 4 else (0,)
    count = math.prod(x.shape[axis] for axis in axes)
    mean = sum(block.sum(axis=axes, keepdims=True, dtype=np.float64) for block in _blocks(x)) / count
    variance = sum(np.square(block - mean).sum(axis=axes) for block in _blocks(x)) / count
    constant = x.max(axis=axes) == x.min(axis=axes)
    return _standardizer(mean, variance, constant=constant, shape=shape)


def _standardizer(mean: Array, variance: Array, *, constant: Array, shape: tuple[int, ...]) -> Standardizer:
    deviation = np.sqrt(variance)
    deviation[constant | (deviation < _SMALLEST)] = 0
    return Standardizer(mean.reshape(shape), deviation.reshape(shape))


def _histogram(x: Array) -> Array:
    """How often each of the 256 values occurs.

    They are counted two at a time, which takes half as long, in blocks, because `bincount` makes 8 bytes of each pair.
    """
    pairs, last = np.zeros((256, 256), np.int64), np.zeros(256, np.int64)
    for block in _blocks(x):
        values = block.ravel()
        even = len(values) // 2 * 2
        pairs += np.bincount(values[:even].view(np.uint16), minlength=pairs.size).reshape(pairs.shape)
        last += np.bincount(values[even:], minlength=256)
    return pairs.sum(axis=0) + pairs.sum(axis=1) + last


def _blocks(x: Array) -> Iterator[Array]:
    rows = max(1, _BLOCK // math.prod(x.shape[1:]))
    return (x[start : start + rows] for start in range(0, len(x), rows))
