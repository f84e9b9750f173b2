"""Scale: every image a little larger or smaller."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.augment.affine import Affine, linear
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import InnerFraction
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("scale")
class Rescale(Affine):
    """y(p) = x(p / s), so M = [[1/s, 0], [0, 1/s]]; the factor s is drawn for each image.

    p is (row, column) from the centre. Between pixels y is interpolated, beyond the edge stands the nearest pixel. As
    torchvision's RandomAffine(0, scale=(1 - by, 1 + by)), but for the black surrounding of that.

    Args:
        by: the largest share that an image grows or shrinks by, between 0 and 1; s is uniform in 1 - by..1 + by.
    """

    row_bytes = 8

    def __init__(self, by: InnerFraction = 0.1):
        self.by = by

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): s."""
        return rng.uniform(1 - self.by, 1 + self.by, examples)

    def maps(self, drawn: Array) -> Array:
        inverse, zero = 1 / drawn, np.zeros(len(drawn))
        return linear(len(drawn), np.stack([inverse, zero], axis=1), np.stack([zero, inverse], axis=1))
