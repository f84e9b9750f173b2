"""Rotate: every image turned a little around its centre."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from annotated_types import Gt, Le

from nnfs_cli.data.augment.affine import Affine, linear
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.registry import AUGMENTATIONS

Angle = Annotated[float, Gt(0), Le(180), Means("a number above 0, at most 180")]


@AUGMENTATIONS.register("rotate")
class Rotate(Affine):
    """y(p) = x(M p) with M = [[cos a, -sin a], [sin a, cos a]]; the angle a is drawn for each image.

    p is (row, column) from the centre. Between pixels y is interpolated, beyond the edge stands the nearest pixel.
    torchvision's RandomRotation turns by the same angles, but to the other side and with a black surrounding.

    Args:
        degrees: the largest angle, above 0 and at most 180; a is uniform in -degrees..degrees, a positive one turns the
            image clockwise.
    """

    row_bytes = 8

    def __init__(self, degrees: Angle = 10.0):
        self.degrees = degrees

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): a in radians."""
        return np.deg2rad(rng.uniform(-self.degrees, self.degrees, examples))

    def maps(self, drawn: Array) -> Array:
        cos, sin = np.cos(drawn), np.sin(drawn)
        return linear(len(drawn), np.stack([cos, sin], axis=1), np.stack([-sin, cos], axis=1))
