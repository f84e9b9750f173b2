"""Huber loss: squared for small errors, absolute for large ones, so that outliers pull less."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ValueLoss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import LOSSES


@LOSSES.register("huber")
class Huber(ValueLoss):
    """L = mean over outputs of e^2 / 2 where |e| <= delta, of delta (|e| - delta / 2) elsewhere; e = scores - target.

    Huber 1964, "Robust estimation of a location parameter"; as PyTorch's HuberLoss.

    Args:
        delta: where the loss becomes linear, in the units that the network learns: standard deviations of the target,
            unless dataset.target_transform is none.
    """

    def __init__(self, delta: PositiveFloat = 1.0):
        self.delta = delta

    def value(self, error: Array, out: Array) -> Array:
        np.absolute(error, out=out)
        bounded = np.minimum(out, self.delta, out=self.workspace.array("bounded", out.shape, out.dtype))
        out *= bounded
        bounded *= bounded
        bounded /= 2
        out -= bounded
        return out

    def slope(self, error: Array) -> Array:
        return np.clip(error, -self.delta, self.delta, out=error)
