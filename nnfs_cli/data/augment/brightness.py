"""Brightness: every image lighter or darker."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.augment.base import OfImages, rounded, working
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import Fraction
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("brightness")
class Brightness(OfImages):
    """y = f x; the factor f is drawn for each image. Bytes are rounded and end at 255.

    As torchvision's ColorJitter(brightness=by), which cuts numbers that are no bytes at 1.

    Args:
        by: the largest share that pixels grow or shrink by, from 0 to 1; f is uniform in 1 - by..1 + by.
    """

    row_bytes = 8

    def __init__(self, by: Fraction = 0.2):
        self.by = by

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): f."""
        return rng.uniform(1 - self.by, 1 + self.by, examples)

    def apply(self, x: Array, drawn: Array) -> Array:
        return rounded(x * drawn.astype(working(x.dtype))[:, None, None, None], x.dtype)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        on_the_way = 4 if itemsize == 1 else 0
        return examples * math.prod(shape) * (itemsize + on_the_way)
