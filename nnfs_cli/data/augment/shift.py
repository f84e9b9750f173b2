"""Shift: every image moved by some pixels."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.augment.affine import Affine, linear
from nnfs_cli.data.augment.windows import moved, moved_bytes, refuse_far
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("shift")
class Shift(Affine):
    """y[c, r, q] = x[c, r + v, q + h]; v and h are drawn for each image. Beyond the edge stands the nearest pixel.

    Simard et al. 2003, "Best practices for convolutional neural networks"; the same as a random crop after padding with
    edge pixels in torchvision. As an affine map, M = 1 and t = (v, h).

    Args:
        pixels: the largest shift in each direction, at least 1; v and h are uniform in -pixels..pixels.

    Raises:
        ShapeError: one example is not an image, is not larger than the shift, or has an image for its answer, which
            would have to be moved too.
    """

    row_bytes = 16
    exact = True

    def __init__(self, pixels: PositiveInt = 1):
        self.pixels = pixels

    def refuse(self, shape: Shape, answer: Shape) -> None:
        super().refuse(shape, answer)
        refuse_far(shape, self.pixels, f"shifts by up to {self.pixels} pixels", "pixels")

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, 2): v and h."""
        return rng.integers(-self.pixels, self.pixels + 1, (examples, 2))

    def maps(self, drawn: Array) -> Array:
        maps = linear(len(drawn), (1, 0), (0, 1))
        maps[:, :, 2] = drawn
        return maps

    def apply(self, x: Array, drawn: Array) -> Array:
        return moved(x, drawn, self.pixels, "edge")

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return examples * moved_bytes(shape, itemsize, self.pixels)
