"""Softmax: scores become probabilities."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("softmax")
class Softmax(Layer):
    """y = exp(x) / sum of exp(x), over the features of a vector or the channels of a pixel; dx = y (dy - sum of y dy).

    As torch.nn.Softmax(1). The loss cross_entropy takes scores and has a softmax of its own: before it none belongs.

    Shapes: x (features, N) or (channels, height, width, N); y as x, sums of 1 over the first axis.
    """

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.y = np.subtract(x, x.max(axis=0), out=self.workspace.array("y", x.shape, x.dtype))
        np.exp(self.y, out=self.y)
        self.y /= self.y.sum(axis=0)
        return self.y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        dx = np.multiply(dy, self.y, out=self.workspace.array("dx", dy.shape, dy.dtype))
        mean = dx.sum(axis=0)
        np.subtract(dy, mean, out=dx)
        dx *= self.y
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}
