"""ELU: a rectifier that saturates smoothly below 0."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import LAYERS


@LAYERS.register("elu")
class ELU(Elementwise):
    """y = x where x > 0, alpha (exp(x) - 1) elsewhere, as in PyTorch. Clevert et al. 2016, eq. 1, arXiv:1511.07289.

    Shapes: any; y has the shape of x.

    Args:
        alpha: what y comes close to, far below 0, with the other sign; above 0.
    """

    init_before = "he_uniform"
    scratch = (("below",), ("below",))

    def __init__(self, alpha: PositiveFloat = 1.0):
        self.alpha = alpha

    def function(self, x: Array, y: Array) -> None:
        below = np.minimum(x, 0, out=self.room("below", x))
        np.expm1(below, out=below)
        below *= self.alpha
        np.maximum(x, 0, out=y)
        y += below

    def slope(self, x: Array, y: Array, out: Array) -> None:
        """1 where x > 0, alpha exp(x) elsewhere."""
        np.exp(np.minimum(x, 0, out=out), out=out)
        factor = np.less_equal(x, 0, out=self.room("below", x))
        factor *= self.alpha - 1
        factor += 1
        out *= factor
