"""Flip: some images mirrored."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from nnfs_cli.data.augment.affine import Affine, linear
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import InnerFraction
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("flip")
class Flip(Affine):
    """y[c, r, q] = x[c, r, width - 1 - q] for images that are drawn, as torchvision's RandomHorizontalFlip.

    As an affine map, M has -1 for the axis that is mirrored. It is for photographs: of letters it makes others.

    Args:
        axis: horizontal, left becomes right; or vertical, y[c, r, q] = x[c, height - 1 - r, q].
        chance: the probability that an image is mirrored, between 0 and 1.
        alternate: draw in the first epoch alone, and mirror in every later one what was not mirrored in the one before:
            so two epochs show each image from both sides. Jordan 2024, arXiv:2404.00498, section 3.6.
    """

    row_bytes = 1
    exact = True

    def __init__(
        self,
        axis: Literal["horizontal", "vertical"] = "horizontal",
        chance: InnerFraction = 0.5,
        alternate: bool = False,
    ):
        self.axis = axis
        self.alike = (axis,)
        self.chance = chance
        self.alternate = alternate

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): whether the image is mirrored."""
        return rng.random(examples) < self.chance

    def draw_epoch(self, examples: int, epoch: int, rng_of: Callable[[int], np.random.Generator]) -> Array:
        if not self.alternate:
            return super().draw_epoch(examples, epoch, rng_of)
        first = self.draw(examples, rng_of(0))
        return ~first if epoch % 2 else first

    def maps(self, drawn: Array) -> Array:
        maps = linear(len(drawn), (1, 0), (0, 1))
        maps[drawn, self._side, self._side] = -1
        return maps

    def apply(self, x: Array, drawn: Array) -> Array:
        y = x.copy()
        y[drawn] = np.flip(x[drawn], axis=2 + self._side)
        return y

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return 2 * examples * math.prod(shape) * itemsize

    @property
    def _side(self) -> int:
        return ("vertical", "horizontal").index(self.axis)
