"""Crop: a part of every image with a margin around it, as large as the image."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.augment.base import Moving
from nnfs_cli.data.augment.windows import Fill, moved, moved_bytes, refuse_far
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("crop")
class Crop(Moving):
    """The image gets a margin; a window as large as the image is cut out, each place of it with the same probability.

    He et al. 2016, arXiv:1512.03385, section 4.2; torchvision's RandomCrop(side, padding). With fill: edge it does what
    `shift` does.

    Args:
        padding: the width of the margin in pixels, at least 1 and less than a side.
        fill: what the margin holds: zero, which is black, or edge, the nearest pixel.
    """

    row_bytes = 16

    def __init__(self, padding: PositiveInt = 4, fill: Fill = "zero"):
        self.padding = padding
        self.fill = fill

    def refuse(self, shape: Shape, answer: Shape) -> None:
        super().refuse(shape, answer)
        refuse_far(shape, self.padding, f"cuts images out of a margin of {self.padding} pixels", "padding")

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, 2): how far the window lies below and right of the image."""
        return rng.integers(-self.padding, self.padding + 1, (examples, 2))

    def apply(self, x: Array, drawn: Array) -> Array:
        return moved(x, drawn, self.padding, self.fill)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return examples * moved_bytes(shape, itemsize, self.padding)
