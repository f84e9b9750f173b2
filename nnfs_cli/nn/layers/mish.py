"""Mish: a smooth rectifier that lets a little through below 0."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("mish")
class Mish(Layer):
    """y = x tanh(log(1 + exp(x))), as in PyTorch. Misra 2019, arXiv:1908.08681, eq. 1.

    With exp(x) = p / q, p = exp(min(x, 0)) and q = exp(-max(x, 0)), which never overflow,

        tanh(log(1 + exp(x))) = n / (n + 2 q^2),   n = p (p + 2 q),
        dy/dx = n / (n + 2 q^2) + 4 x p q^2 (p + q) / (n + 2 q^2)^2.

    Shapes: any; y has the shape of x.
    """

    init_before = "he_uniform"
    results_may_be_overwritten = True

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.x = x
        _, q, y = self._fractions(x, "y")
        q *= q
        q *= 2
        q += y
        y /= q
        y *= x
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        p, q, dx = self._fractions(self.x, "dx")
        p *= np.add(p, q, out=self.workspace.array("sum", dy.shape, dy.dtype))
        q *= q
        p *= q
        p *= self.x
        p *= 4
        q *= 2
        q += dx
        p /= q
        dx += p
        dx /= q
        dx *= dy
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        forward = dict.fromkeys(("p", "q", "y"), y.nbytes)
        return {**forward, **(dict.fromkeys(("sum", "dx"), x.nbytes) if dx else {})}

    def _fractions(self, x: Array, result: str) -> tuple[Array, Array, Array]:
        """p, q and n, the last one in the buffer of this name."""
        p, q, n = (self.workspace.array(name, x.shape, x.dtype) for name in ("p", "q", result))
        np.exp(np.minimum(x, 0, out=p), out=p)
        np.exp(np.negative(np.maximum(x, 0, out=q), out=q), out=q)
        np.multiply(q, 2, out=n)
        n += p
        n *= p
        return p, q, n
