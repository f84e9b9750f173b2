"""Contrast: every image with stronger or weaker differences."""

from __future__ import annotations

from nnfs_cli.data.augment.base import rounded, working
from nnfs_cli.data.augment.strength import Strength
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Fraction
from nnfs_cli.registry import AUGMENTATIONS


@AUGMENTATIONS.register("contrast")
class Contrast(Strength):
    """y = m + f (x - m), where m is the mean of the image; the factor f is drawn for each image.

    Bytes are rounded and stay between 0 and 255. As torchvision's ColorJitter(contrast=by), which takes the mean of the
    grey image, where colours count differently.

    Args:
        by: the largest share that differences grow or shrink by, from 0 to 1; f is uniform in 1 - by..1 + by.
    """

    def __init__(self, by: Fraction = 0.2):
        self.by = by

    def apply(self, x: Array, drawn: Array) -> Array:
        kind = working(x.dtype)
        mean = x.mean(axis=(1, 2, 3), dtype=kind, keepdims=True)
        y = x - mean
        y *= drawn.astype(kind)[:, None, None, None]
        y += mean
        return rounded(y, x.dtype)
