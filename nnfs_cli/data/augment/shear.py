"""Shear: every image slanted a little."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from annotated_types import Gt, Lt

from nnfs_cli.data.augment.affine import Affine, linear
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.registry import AUGMENTATIONS

Slant = Annotated[float, Gt(0), Lt(90), Means("a number above 0 and below 90")]


@AUGMENTATIONS.register("shear")
class Shear(Affine):
    """y(p) = x(M p) with M = [[1, 0], [tan a, 1]]: rows are moved sideways; the angle a is drawn for each image.

    p is (row, column) from the centre: handwriting leans to the right where a is positive. Between pixels y is
    interpolated, beyond the edge stands the nearest pixel. As torchvision's RandomAffine(0, shear=degrees), but for the
    black surrounding of that.

    Args:
        degrees: the largest angle, above 0 and below 90; a is uniform in -degrees..degrees.
    """

    row_bytes = 8

    def __init__(self, degrees: Slant = 5.0):
        self.degrees = degrees

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): tan a."""
        return np.tan(np.deg2rad(rng.uniform(-self.degrees, self.degrees, examples)))

    def maps(self, drawn: Array) -> Array:
        return linear(len(drawn), np.stack([np.ones(len(drawn)), drawn], axis=1), (0, 1))
