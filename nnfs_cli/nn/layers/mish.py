"""Mish: a smooth rectifier that lets a little through below 0."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("mish")
class Mish(Elementwise):
    """y = x tanh(log(1 + exp(x))), as in PyTorch. Misra 2019, arXiv:1908.08681, eq. 1.

    With exp(x) = p / q, p = exp(min(x, 0)) and q = exp(-max(x, 0)), which never overflow,

        tanh(log(1 + exp(x))) = n / (n + 2 q^2),   n = p (p + 2 q),
        dy/dx = n / (n + 2 q^2) + 4 x p q^2 (p + q) / (n + 2 q^2)^2.

    Shapes: any; y has the shape of x.
    """

    init_before = "he_uniform"
    scratch = (("p", "q"), ("p", "q", "sum"))

    def function(self, x: Array, y: Array) -> None:
        _, q = self._fractions(x, y)
        q *= q
        q *= 2
        q += y
        y /= q
        y *= x

    def slope(self, x: Array, y: Array, out: Array) -> None:
        p, q = self._fractions(x, out)
        p *= np.add(p, q, out=self.room("sum", x))
        q *= q
        p *= q
        p *= x
        p *= 4
        q *= 2
        q += out
        p /= q
        out += p
        out /= q

    def _fractions(self, x: Array, n: Array) -> tuple[Array, Array]:
        """p and q; n is written."""
        p, q = self.room("p", x), self.room("q", x)
        np.exp(np.minimum(x, 0, out=p), out=p)
        np.exp(np.negative(np.maximum(x, 0, out=q), out=q), out=q)
        np.multiply(q, 2, out=n)
        n += p
        n *= p
        return p, q
