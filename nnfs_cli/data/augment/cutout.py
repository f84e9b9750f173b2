"""Cutout: a square of every image hidden."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.augment.base import OfImages, rounded
from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("cutout")
class Cutout(OfImages):
    """A square around a random pixel of each image gets the mean of its channel.

    DeVries and Taylor 2017, arXiv:1708.04552: every pixel is the centre with the same probability, so that a part of
    the square may lie outside. They put 0 there after standardization, the mean over all images; here it is that of the
    image.

    Args:
        size: the side of the square in pixels, at least 1 and at most a side of the image.
    """

    row_bytes = 16

    def __init__(self, size: PositiveInt):
        self.size = size

    def refuse(self, shape: Shape, answer: Shape) -> None:
        super().refuse(shape, answer)
        _, height, width = shape
        if self.size > (side := min(height, width)):
            hides = f"hides squares of {self.size} x {self.size} pixels"
            raise ShapeError(f"{hides}, but images are {height} x {width}: size can be at most {side}.")

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, 2): where the centre is, in shares of height and width."""
        return rng.random((examples, 2))

    def apply(self, x: Array, drawn: Array) -> Array:
        y, sides = x.copy(), x.shape[2:]
        first = (drawn * sides).astype(int) - self.size // 2
        last = first + self.size
        mean = rounded(x.mean(axis=(2, 3), keepdims=True), x.dtype)
        for image, (top, left), (bottom, right), value in zip(
            y, first.clip(0).tolist(), last.tolist(), mean, strict=True
        ):
            image[:, top:bottom, left:right] = value
        return y

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return examples * (math.prod(shape) * itemsize + 16 * shape[0] + 200)
