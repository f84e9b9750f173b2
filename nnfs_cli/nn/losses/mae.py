"""Mean absolute error: the distance to the target values."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ValueLoss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LOSSES


@LOSSES.register("mae")
class MAE(ValueLoss):
    """L = mean over outputs of |scores - target|, with derivative 0 at 0, as PyTorch's L1Loss; fits the median."""

    def value(self, error: Array, out: Array) -> Array:
        return np.absolute(error, out=out)

    def slope(self, error: Array) -> Array:
        return np.sign(error, out=error)
