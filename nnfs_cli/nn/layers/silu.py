"""SiLU: a smooth rectifier, the input times its sigmoid."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise, sigmoid
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("silu")
class SiLU(Elementwise):
    """y = x s with s = 1 / (1 + exp(-x)), as in PyTorch; swish elsewhere. Elfwing et al. 2018, eq. 1, arXiv:1702.03118.

    dy/dx = s (1 + x (1 - s)). Shapes: any; y has the shape of x.
    """

    init_before = "he_uniform"
    scratch = (("power",), ("power",))

    def function(self, x: Array, y: Array) -> None:
        sigmoid(x, y, self.room("power", x))
        y *= x

    def slope(self, x: Array, y: Array, out: Array) -> None:
        rest = self.room("power", x)
        sigmoid(x, out, rest)
        np.subtract(1, out, out=rest)
        rest *= x
        rest += 1
        out *= rest
