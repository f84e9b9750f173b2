"""Sigmoid: from any number to one between 0 and 1."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise, sigmoid
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("sigmoid")
class Sigmoid(Elementwise):
    """y = 1 / (1 + exp(-x)), with dy/dx = y (1 - y), as in PyTorch.

    Shapes: any; y has the shape of x. Before binary_cross_entropy, which takes scores, it does not belong.
    """

    results_may_be_overwritten = False
    scratch = (("power",), ())

    def function(self, x: Array, y: Array) -> None:
        sigmoid(x, y, self.room("power", x))

    def slope(self, x: Array, y: Array, out: Array) -> None:
        np.subtract(1, y, out=out)
        out *= y
