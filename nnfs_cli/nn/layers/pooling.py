"""Pooling: windows move over an image or a sequence, and each becomes one number."""

from __future__ import annotations

from abc import abstractmethod

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.convolution.windows import count_windows
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.shapes import Array, Pair, Shape, image_size, pair, sequence_size
from nnfs_cli.parameters import PositiveInt


class Pooling(Layer):
    """Windows of every channel, each of which becomes one number. Sequences are images of one row.

    Attributes:
        covers_once: whether every pixel lies in one window.
    """

    results_may_be_overwritten = True

    @abstractmethod
    def pool(self, x: Array) -> Array:
        """y of images (channels, height, width, N)."""

    @abstractmethod
    def spread(self, dy: Array) -> Array:
        """dx of images from dy."""

    def lay_out(self, size: Pair, kernel: Pair, step: Pair) -> None:
        """Choose the windows of images of this size.

        Raises:
            ShapeError: not even one fits.
        """
        self.kernel, self.step = kernel, step
        self.output = tuple(count_windows(size[axis], kernel[axis], step[axis]) for axis in (0, 1))
        covered = tuple(self.output[axis] * step[axis] for axis in (0, 1))
        self.covers_once = kernel == step and covered == size

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        image = x if x.ndim == 4 else x[:, None]
        self.input_shape = image.shape
        y = self.pool(image)
        return y if x.ndim == 4 else y[:, 0]

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        dx = self.spread(dy if dy.ndim == 4 else dy[:, None])
        return dx if dy.ndim == 4 else dx[:, 0]

    def field(self, x: Field) -> Field:
        return x.windows(self.output, self.kernel, self.step, (0, 0))


class ImagePooling(Pooling):
    """Windows over the height and the width of images."""

    def __init__(
        self,
        size: PositiveInt | tuple[PositiveInt, PositiveInt] = 2,
        stride: PositiveInt | tuple[PositiveInt, PositiveInt] | None = None,
    ):
        self.size = size
        self.stride = size if stride is None else stride

    def build(self, input_shape: Shape) -> Shape:
        channels, height, width = image_size(input_shape)
        self.lay_out((height, width), pair(self.size), pair(self.stride))
        return (channels, *self.output)


class SequencePooling(Pooling):
    """Windows over the length of sequences."""

    def __init__(self, size: PositiveInt = 2, stride: PositiveInt | None = None):
        self.size = size
        self.stride = size if stride is None else stride

    def build(self, input_shape: Shape) -> Shape:
        channels, length = sequence_size(input_shape)
        self.lay_out((1, length), (1, self.size), (1, self.stride))
        return (channels, self.output[1])
