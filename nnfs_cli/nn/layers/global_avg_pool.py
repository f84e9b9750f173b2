"""Global average pooling: every channel becomes its mean."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, image_size, sequence_size
from nnfs_cli.registry import LAYERS


class GlobalAvgPooling(Layer):
    """The mean over all axes of an example but the first."""

    results_may_be_overwritten = True
    size: Shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        y = self.workspace.array("y", (len(x), x.shape[-1]), x.dtype)
        np.add.reduce(x, axis=tuple(range(1, x.ndim - 1)), out=y)
        y /= math.prod(self.size)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        dx = self.workspace.array("dx", (len(dy), *self.size, dy.shape[-1]), dy.dtype)
        each = np.expand_dims(dy, tuple(range(1, 1 + len(self.size))))
        return np.divide(each, math.prod(self.size), out=dx)

    def field(self, x: Field) -> None:
        return None

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}


@LAYERS.register("global_avg_pool2d")
class GlobalAvgPool2D(GlobalAvgPooling):
    """The mean over all pixels of every channel, in place of a flatten layer. Lin et al. 2014, arXiv:1312.4400.

    As AdaptiveAvgPool2d(1) and Flatten in PyTorch. Shapes: x (channels, height, width, N), y (channels, N).

    Raises:
        ShapeError: one example is not an image.
    """

    def build(self, input_shape: Shape) -> Shape:
        self.size = image_size(input_shape)[1:]
        return input_shape[:1]


@LAYERS.register("global_avg_pool1d")
class GlobalAvgPool1D(GlobalAvgPooling):
    """The mean over the length of every channel, in place of a flatten layer.

    As AdaptiveAvgPool1d(1) and Flatten in PyTorch. Shapes: x (channels, length, N), y (channels, N).

    Raises:
        ShapeError: one example is not a sequence.
    """

    def build(self, input_shape: Shape) -> Shape:
        self.size = sequence_size(input_shape)[1:]
        return input_shape[:1]
