"""Mean squared error: the squared distance to the target values."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ValueLoss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LOSSES


@LOSSES.register("mse")
class MSE(ValueLoss):
    """L = mean over outputs of (scores - target)^2, as in PyTorch; without the factor 1/2 of some textbooks."""

    def value(self, error: Array, out: Array) -> Array:
        return np.multiply(error, error, out=out)

    def slope(self, error: Array) -> Array:
        return np.multiply(error, 2, out=error)
