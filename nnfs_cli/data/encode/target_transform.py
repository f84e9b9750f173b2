"""TargetTransform: values to predict with mean 0 and deviation 1 while a network learns them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.encode.packed import pack, unpack
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted


@dataclass(frozen=True, eq=False)
class TargetTransform:
    """y -> (f(y) - mean) / deviation on the way in, back on the way out, in float64; f is the identity or a logarithm.

    There is one of each for a value to predict, or for a channel of an image. The answer of a network that learns
    logarithms is the exponential of their mean, which is nearer to the median of such values than to their mean.

    Attributes:
        mean, deviation: (targets,) float64, of f(y). One that does not vary has deviation 1.
        centre: (targets,) float64, the mean of what the network learns: 0 unless values are left as they are; of
            logarithms the mean of y itself.
        log: whether f is the natural logarithm, so that y must be above 0.
    """

    mean: Array
    deviation: Array
    centre: Array
    log: bool = False

    @classmethod
    def fit(cls, y: Array, targets: int) -> TargetTransform:
        """Measure y (N, outputs), each target by itself."""
        y = _by_target(y.astype(np.float64), targets)
        mean, deviation = y.mean(axis=(0, 2)), y.std(axis=(0, 2))
        deviation[(y == y[:1, :, :1]).all(axis=(0, 2)) | (deviation == 0)] = 1
        return cls(mean, deviation, np.zeros_like(mean))

    @classmethod
    def fit_log(cls, y: Array, targets: int) -> TargetTransform:
        """Measure the logarithms of y (N, outputs), which are above 0."""
        fitted, centre = cls.fit(np.log(y.astype(np.float64)), targets), cls.none(y, targets).centre
        return cls(fitted.mean, fitted.deviation, centre, log=True)

    @classmethod
    def none(cls, y: Array, targets: int) -> TargetTransform:
        """Values y (N, outputs) as they are."""
        centre = _by_target(y, targets).mean(axis=(0, 2), dtype=np.float64)
        return cls(np.zeros_like(centre), np.ones_like(centre), centre)

    @classmethod
    def of_inputs(cls, standardizer: Standardizer, x: Array, targets: int) -> TargetTransform:
        """What the inputs x (N, targets, ...) go through, for a network that gives them back.

        A feature that never varied reaches a network as 0, and is given back in its own units.
        """
        found = (standardizer.mean, standardizer.deviation, Standardizer.fit(x).mean)
        mean, deviation, middle = (np.broadcast_to(of.ravel(), targets).copy() for of in found)
        deviation[deviation == 0] = 1
        return cls(mean, deviation, (middle - mean) / deviation)

    @classmethod
    def unmeasured(cls, targets: int) -> TargetTransform:
        """Values as they are, of which nothing is known."""
        return cls(np.zeros(targets), np.ones(targets), np.zeros(targets))

    def apply(self, y: Array) -> Array:
        """(N, outputs) float64, as the network learns it."""
        values = _by_target(np.log(y.astype(np.float64)) if self.log else y, len(self.mean))
        return ((values - self.mean[:, None]) / self.deviation[:, None]).reshape(y.shape)

    def invert(self, outputs: Array) -> Array:
        """(N, outputs) float64, in the units of the target; infinite where double precision holds no such number."""
        values = _by_target(outputs, len(self.mean))
        learned = (values * self.deviation[:, None] + self.mean[:, None]).reshape(outputs.shape)
        with np.errstate(over="ignore"):
            return np.exp(learned, out=learned) if self.log else learned

    @property
    def units(self) -> Array:
        """What one unit of an output is in the units of each target, (targets,); infinite where that is no number."""
        return np.full_like(self.deviation, np.inf) if self.log else self.deviation

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into the same numbers."""
        return {
            "mean": pack(self.mean),
            "deviation": pack(self.deviation),
            "centre": pack(self.centre),
            "log": self.log,
        }

    @classmethod
    def from_json(cls, state: dict[str, Any], targets: int) -> TargetTransform:
        """The transform that `to_json` described.

        Raises:
            ValueError: it is not of so many targets, or holds numbers that no training gives.
        """
        mean, deviation, centre = (unpack(state[name]) for name in ("mean", "deviation", "centre"))
        if not mean.shape == deviation.shape == centre.shape == (targets,):
            raise ValueError(f"the target transform is not of {counted(targets, 'target')}")
        if not (np.isfinite([mean, deviation, centre]).all() and (deviation > 0).all()):
            raise ValueError("the target transform is not finite, or has deviations that are not above 0")
        if not isinstance(state.get("log", False), bool):
            raise ValueError("the target transform is neither one of logarithms nor one without")
        return cls(mean, deviation, centre, state.get("log", False))


def _by_target(y: Array, targets: int) -> Array:
    """(N, outputs) as (N, targets, values of each)."""
    return y.reshape(len(y), targets, math.prod(y.shape[1:]) // targets)
