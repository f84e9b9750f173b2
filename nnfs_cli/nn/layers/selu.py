"""SELU: an activation that brings signals back to mean 0 and variance 1 from layer to layer."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS

ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
"""alpha and lambda of the paper, those for which (0, 1) is the fixed point of mean and variance."""


@LAYERS.register("selu")
class SELU(Layer):
    """y = lambda x where x > 0, lambda alpha (exp(x) - 1) elsewhere; alpha = 1.6733, lambda = 1.0507, as in PyTorch.

    Klambauer et al. 2017, eq. 2, arXiv:1706.02515. Weights before it are drawn by lecun_normal.

    Shapes: any; y has the shape of x.
    """

    init_before = "lecun_normal"

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        below = np.minimum(x, 0, out=self.workspace.array("below", x.shape, x.dtype))
        np.expm1(below, out=below)
        below *= SCALE * ALPHA
        self.y = np.maximum(x, 0, out=x if self.in_place else self.workspace.array("y", x.shape, x.dtype))
        self.y *= SCALE
        self.y += below
        return self.y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        """dy/dx is lambda where y > 0, y + lambda alpha elsewhere."""
        slope = np.add(self.y, SCALE * ALPHA, out=self.workspace.array("below", dy.shape, dy.dtype))
        active = np.greater(self.y, 0, out=self.workspace.array("active", dy.shape, np.dtype(bool)))
        np.copyto(slope, SCALE, where=active)
        return np.multiply(dy, slope, out=dy if self.in_place else self.workspace.array("dx", dy.shape, dy.dtype))

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        own = {} if self.in_place else {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}
        return {**own, "below": y.nbytes, **({"active": math.prod(y.shape)} if dx else {})}
