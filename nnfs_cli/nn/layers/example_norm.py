"""ExampleNorm: every example by itself brought to mean 0 and variance 1; what layer_norm and group_norm share."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.initializers import filled
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import Variable


class ExampleNorm(Layer):
    """y = weight x' + bias with x' = (x - mean) / sqrt(var + eps), mean and var over each group of an example.

    A group has some channels on end, with all their pixels. Training and prediction are the same.

    Args:
        groups: into how many the channels are divided.
        eps: keeps the division finite.
    """

    results_may_be_overwritten = True

    def __init__(self, groups: int, eps: float):
        self.groups = groups
        self.eps = eps

    def declare(self, shape: Shape) -> None:
        """Declare a factor and a summand for the numbers of an example, or for its channels alone."""
        self.variables["weight"] = Variable(shape, filled(1.0), decays=False)
        self.variables["bias"] = Variable(shape, filled(0.0), decays=False)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        y, self.normal = (self.workspace.array(name, x.shape, x.dtype) for name in ("y", "normal"))
        normal, square = self._grouped(self.normal), self._grouped(y)
        np.copyto(self.normal, x)
        normal -= _means(normal)
        np.multiply(normal, normal, out=square)
        self.inverse = 1 / np.sqrt(_means(square) + x.dtype.type(self.eps))
        normal *= self.inverse
        np.multiply(self.normal, self._spread("weight", x), out=y)
        y += self._spread("bias", x)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        """dx = (dx' - mean of dx' - x' mean of x' dx') / sqrt(var + eps), where dx' = weight dy."""
        dx, product = (self.workspace.array(name, dy.shape, dy.dtype) for name in ("dx", "product"))
        np.multiply(dy, self.normal, out=product)
        for name, share in (("weight", product), ("bias", dy)):
            grad = self.variables[name].grad
            grad[...] = np.add.reduce(share, axis=tuple(range(grad.ndim, dy.ndim)))
        if not need_dx:
            return None
        np.multiply(dy, self._spread("weight", dy), out=dx)
        np.multiply(dx, self.normal, out=product)
        grouped, part = self._grouped(dx), self._grouped(product)
        slope = _means(part)
        np.multiply(self._grouped(self.normal), slope, out=part)
        grouped -= _means(grouped)
        grouped -= part
        grouped *= self.inverse
        return dx

    def field(self, x: Field) -> None:
        return None

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return dict.fromkeys(("y", "normal", *(("dx", "product") if dw else ())), x.nbytes)

    def multiply_adds(self) -> int:
        return math.prod(self.output_shape)

    def _grouped(self, x: Array) -> Array:
        """(groups, numbers of a group, N), a view."""
        return x.reshape(self.groups, math.prod(x.shape[:-1]) // self.groups, x.shape[-1])

    def _spread(self, name: str, like: Array) -> Array:
        value = self.variables[name].value
        return value.reshape(*value.shape, *[1] * (like.ndim - value.ndim))


def _means(x: Array) -> Array:
    """The mean of each group of each example, (groups, 1, N); as a product, which adds fast and keeps more digits."""
    return np.matmul(np.full((1, x.shape[1]), 1 / x.shape[1], x.dtype), x)
