"""TargetTransform: values to predict with mean 0 and deviation 1 while a network learns them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.encode.packed import pack, unpack
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted


@dataclass(frozen=True, eq=False)
class TargetTransform:
    """y -> (y - mean) / deviation on the way in, back on the way out, in float64.

    Attributes:
        mean, deviation: (outputs,) float64. An output that does not vary has deviation 1.
        centre: (outputs,) float64, the mean of what the network learns: 0 unless values are left as they are.
    """

    mean: Array
    deviation: Array
    centre: Array

    @classmethod
    def fit(cls, y: Array) -> TargetTransform:
        """Measure y (N, outputs), each output by itself."""
        y = y.astype(np.float64)
        mean, deviation = y.mean(axis=0), y.std(axis=0)
        deviation[(y == y[0]).all(axis=0) | (deviation == 0)] = 1
        return cls(mean, deviation, np.zeros_like(mean))

    @classmethod
    def none(cls, centre: Array) -> TargetTransform:
        """Values as they are, whose mean is `centre` (outputs,)."""
        return cls(np.zeros_like(centre), np.ones_like(centre), centre)

    def apply(self, y: Array) -> Array:
        """(N, outputs) float64, as the network learns it."""
        return (y - self.mean) / self.deviation

    def invert(self, outputs: Array) -> Array:
        """(N, outputs) float64, in the units of the target."""
        return outputs * self.deviation + self.mean

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into the same numbers."""
        return {"mean": pack(self.mean), "deviation": pack(self.deviation), "centre": pack(self.centre)}

    @classmethod
    def from_json(cls, state: dict[str, Any], outputs: int) -> TargetTransform:
        """The transform that `to_json` described.

        Raises:
            ValueError: it is not of so many outputs, or holds numbers that no training gives.
        """
        mean, deviation, centre = (unpack(state[name]) for name in ("mean", "deviation", "centre"))
        if not mean.shape == deviation.shape == centre.shape == (outputs,):
            raise ValueError(f"the target transform is not of {counted(outputs, 'output')}")
        if not (np.isfinite([mean, deviation, centre]).all() and (deviation > 0).all()):
            raise ValueError("the target transform is not finite, or has deviations that are not above 0")
        return cls(mean, deviation, centre)
