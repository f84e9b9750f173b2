"""Flatten: images become vectors."""

from __future__ import annotations

import math

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.registry import LAYERS


@LAYERS.register("flatten")
class Flatten(Layer):
    """All axes of an example in one, the last varying fastest, as in PyTorch.

    Shapes: x (channels, height, width, N) or any other, y (channels * height * width, N), without a copy.
    """

    selects = True

    def build(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.input_shape = x.shape
        return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        return dy.reshape(self.input_shape)

    def field(self, x: Field) -> None:
        return None

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        return x.contiguous
