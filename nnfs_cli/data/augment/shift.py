"""Shift: every image moved by some pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Shape, name
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("shift")
class Shift(Augmentation):
    """y[c, r, q] = x[c, r + v, q + h]; v and h are drawn for each image. Beyond the edge stands the nearest pixel.

    Simard et al. 2003, "Best practices for convolutional neural networks"; the same as a random crop after padding with
    edge pixels in torchvision.

    Args:
        pixels: the largest shift in each direction, at least 1; v and h are uniform in -pixels..pixels.

    Raises:
        ShapeError: one example is not an image, is not larger than the shift, or has an image for its answer, which
            would have to be moved too.
    """

    row_bytes = 16

    def __init__(self, pixels: PositiveInt = 1):
        self.pixels = pixels

    def refuse(self, shape: Shape, answer: Shape) -> None:
        if len(shape) != 3:
            raise ShapeError(f"moves images (channels, height, width), got {name(shape)}. Remove it.")
        if len(answer) > 1:
            raise ShapeError("moves the examples, but not the images that are their answers. Remove it.")
        _, height, width = shape
        if self.pixels >= (side := min(height, width)):
            fix = f"pixels can be at most {side - 1}" if side > 1 else "nothing can be moved. Remove it"
            raise ShapeError(f"shifts by up to {self.pixels} pixels, but images are {height} x {width}: {fix}.")

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, 2): v and h."""
        return rng.integers(-self.pixels, self.pixels + 1, (examples, 2))

    def apply(self, x: Array, drawn: Array) -> Array:
        margin = (self.pixels, self.pixels)
        padded = np.pad(x, ((0, 0), (0, 0), margin, margin), mode="edge")
        windows = sliding_window_view(padded, x.shape[2:], axis=(2, 3))
        top, left = (drawn + self.pixels).T
        return windows[np.arange(len(x)), :, top, left]

    def nbytes(self, shape: Shape, itemsize: int) -> int:
        channels, *size = shape
        padded = channels * math.prod(side + 2 * self.pixels for side in size)
        return (padded + math.prod(shape)) * itemsize
