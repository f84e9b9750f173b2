"""Strength: what brightness and contrast share, a factor for each image."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.augment.base import OfImages
from nnfs_cli.nn.shapes import Array, Shape


class Strength(OfImages):
    """An augmentation by a factor f, drawn for each image, uniform in 1 - by..1 + by.

    Attributes:
        by: the largest share that something grows or shrinks by, from 0 to 1.
    """

    row_bytes = 8
    by: float

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): f."""
        return rng.uniform(1 - self.by, 1 + self.by, examples)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        on_the_way = 4 if itemsize == 1 else 0
        return examples * math.prod(shape) * (itemsize + on_the_way)
