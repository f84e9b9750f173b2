"""RandomShift: data augmentation by random shifts of every image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, image_size
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("random_shift")
class RandomShift(Layer):
    """y[c, r, q] = x[c, r + v, q + h] while training, y = x otherwise; v and h are drawn for each example.

    Beyond the edge stands the nearest pixel. Meant for the first layer, as data augmentation (Simard et al. 2003); the
    same as a random crop after padding with edge pixels in torchvision.

    Shapes: x and y (channels, height, width, N).

    Args:
        pixels: the largest shift in each direction, at least 1; v and h are uniform in -pixels..pixels.

    Raises:
        ShapeError: one example is not an image.
    """

    selects = True

    def __init__(self, pixels: PositiveInt = 1):
        self.pixels = pixels

    def build(self, input_shape: Shape) -> Shape:
        return image_size(input_shape)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        if not context.training:
            return x
        examples = np.moveaxis(x, -1, 0)
        self.shifts = context.random(self.name).integers(-self.pixels, self.pixels + 1, (len(examples), 2))
        y = self.workspace.array("y", examples.shape, x.dtype)
        for chosen, rows, columns in self._groups(examples.shape):
            y[chosen] = examples[chosen][:, :, rows, columns]
        return np.moveaxis(y, 0, -1)

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        gradients = np.moveaxis(dy, -1, 0)
        dx = self.workspace.array("dx", gradients.shape, dy.dtype)
        dx.fill(0)
        for chosen, rows, columns in self._groups(gradients.shape):
            part = np.zeros((len(chosen), *gradients.shape[1:]), dy.dtype)
            np.add.at(part, (slice(None), slice(None), rows, columns), gradients[chosen])
            dx[chosen] = part
        return np.moveaxis(dx, 0, -1)

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})} if training else {}

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        return x.contiguous and not training

    def _groups(self, shape: Shape) -> Iterator[tuple[Array, Array, Array]]:
        """The examples that share a shift, with the rows (height, 1) and columns (width,) that they take."""
        _, _, height, width = shape
        for shift in np.unique(self.shifts, axis=0):
            chosen = np.flatnonzero((self.shifts == shift).all(axis=1))
            rows = np.clip(np.arange(height) + shift[0], 0, height - 1)
            columns = np.clip(np.arange(width) + shift[1], 0, width - 1)
            yield chosen, rows[:, None], columns
