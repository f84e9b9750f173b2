"""LeakyReLU: a rectifier that lets a little through below 0."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Fraction
from nnfs_cli.registry import LAYERS


@LAYERS.register("leaky_relu")
class LeakyReLU(Elementwise):
    """y = x where x > 0, negative_slope x elsewhere, as in PyTorch. Maas et al. 2013, eq. 2.

    Shapes: any; y has the shape of x.

    Args:
        negative_slope: dy/dx where x is at most 0, from 0 to 1.
    """

    init_before = "he_uniform"

    def __init__(self, negative_slope: Fraction = 0.01):
        self.negative_slope = negative_slope

    def function(self, x: Array, y: Array) -> None:
        np.multiply(x, self.negative_slope, out=y)
        np.maximum(x, y, out=y)

    def slope(self, x: Array, y: Array, out: Array) -> None:
        np.greater(x, 0, out=out)
        out *= 1 - self.negative_slope
        out += self.negative_slope
