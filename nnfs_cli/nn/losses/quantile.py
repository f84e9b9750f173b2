"""Quantile loss: a value that a given share of the targets lies below."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ValueLoss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import InnerFraction
from nnfs_cli.registry import LOSSES


@LOSSES.register("quantile")
class Quantile(ValueLoss):
    """L = mean over outputs of max((1 - q) e, -q e) with e = scores - target, the pinball loss; derivative 0 at 0.

    Koenker and Bassett 1978, "Regression quantiles". q = 0.5 is half of the mean absolute error.

    Args:
        q: the share of the targets that lie below the answer, such as 0.9, between 0 and 1.
    """

    def __init__(self, q: InnerFraction = 0.5):
        self.q = q

    def value(self, error: Array, out: Array) -> Array:
        below = np.multiply(error, -self.q, out=self.workspace.array("below", out.shape, out.dtype))
        return np.maximum(np.multiply(error, 1 - self.q, out=out), below, out=out)

    def slope(self, error: Array) -> Array:
        below = np.less(error, 0, out=self.workspace.array("is below", error.shape, np.dtype(bool)))
        np.sign(error, out=error)
        error *= 1 - self.q
        error[below] = -self.q
        return error
