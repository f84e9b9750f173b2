"""Tanh: from any number to one between -1 and 1."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("tanh")
class Tanh(Elementwise):
    """y = tanh(x), with dy/dx = 1 - y^2, as in PyTorch. Weights before it are drawn by glorot_uniform.

    Shapes: any; y has the shape of x.
    """

    results_may_be_overwritten = False

    def function(self, x: Array, y: Array) -> None:
        np.tanh(x, out=y)

    def slope(self, x: Array, y: Array, out: Array) -> None:
        np.multiply(y, y, out=out)
        np.subtract(1, out, out=out)
