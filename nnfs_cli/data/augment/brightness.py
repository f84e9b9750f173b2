"""Brightness: every image lighter or darker."""

from __future__ import annotations

from nnfs_cli.data.augment.base import rounded, working
from nnfs_cli.data.augment.strength import Strength
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Fraction
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("brightness")
class Brightness(Strength):
    """y = f x; the factor f is drawn for each image. Bytes are rounded and end at 255.

    As torchvision's ColorJitter(brightness=by), which cuts numbers that are no bytes at 1.

    Args:
        by: the largest share that pixels grow or shrink by, from 0 to 1; f is uniform in 1 - by..1 + by.
    """

    def __init__(self, by: Fraction = 0.2):
        self.by = by

    def apply(self, x: Array, drawn: Array) -> Array:
        return rounded(x * drawn.astype(working(x.dtype))[:, None, None, None], x.dtype)
