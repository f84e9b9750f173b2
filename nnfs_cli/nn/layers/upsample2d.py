"""Upsample2D: every pixel becomes several."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.convolution.windows import positions
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, image_size, pair
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("upsample2d")
class Upsample2D(Layer):
    """y[c, r, q] = x[c, r // v, q // h]: pixels repeated v times downwards and h times to the right.

    Grows images again in an autoencoder; torch.nn.Upsample with mode="nearest".

    Shapes: x (channels, height, width, N), y (channels, height v, width h, N).

    Args:
        factor: v and h, one number or (vertical, horizontal).

    Raises:
        ShapeError: one example is not an image.
    """

    results_may_be_overwritten = True
    selects = True

    def __init__(self, factor: PositiveInt | tuple[PositiveInt, PositiveInt] = 2):
        self.factor = factor

    def build(self, input_shape: Shape) -> Shape:
        channels, height, width = image_size(input_shape)
        self.times = pair(self.factor)
        self.size = (height * self.times[0], width * self.times[1])
        return (channels, *self.size)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.input_shape = x.shape
        y = self.workspace.array("y", (len(x), *self.size, x.shape[-1]), x.dtype)
        for part in self._parts(y):
            np.copyto(part, x)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        dx = self.workspace.array("dx", self.input_shape, dy.dtype)
        dx.fill(0)
        for part in self._parts(dy):
            dx += part
        return dx

    def field(self, x: Field) -> Field:
        return x.repeated(self.times)

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}

    def _parts(self, y: Array) -> list[Array]:
        """Views of y in the shape of x, of which each has one of the pixels that a pixel becomes."""
        return [y[:, i :: self.times[0], j :: self.times[1]] for i, j in positions(self.times)]
