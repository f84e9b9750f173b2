"""Windows: images moved by whole pixels, as windows of the images with a margin around them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Shape

Fill = Literal["zero", "edge"]
PLACE = 24
"""Bytes of where the window of an image lies: two offsets, and the number of the image."""


def moved(x: Array, offsets: Array, margin: int, fill: Fill) -> Array:
    """y[n, c, r, q] = x[n, c, r + v, q + h] for the offsets (v, h) of each image, (n, 2), in -margin..margin.

    Beyond the edge stands 0 or the nearest pixel.
    """
    around = ((0, 0), (0, 0), (margin, margin), (margin, margin))
    padded = np.pad(x, around, mode="edge" if fill == "edge" else "constant")
    windows = sliding_window_view(padded, x.shape[2:], axis=(2, 3))
    top, left = (offsets + margin).T
    return windows[np.arange(len(x)), :, top, left]


def moved_bytes(shape: Shape, itemsize: int, margin: int) -> int:
    """Bytes that `moved` takes for one image, the result included."""
    channels, *size = shape
    padded = channels * math.prod(side + 2 * margin for side in size)
    return (padded + math.prod(shape)) * itemsize + PLACE


def refuse_far(shape: Shape, margin: int, does: str, key: str) -> None:
    """Refuse to move images so far that nothing of them may be left.

    Args:
        does: what is done to them, such as "shifts by up to 3 pixels".
        key: the argument that says how far.

    Raises:
        ShapeError: a side is not longer than the margin.
    """
    _, height, width = shape
    if margin >= (side := min(height, width)):
        fix = f"{key} can be at most {side - 1}" if side > 1 else "nothing can be moved. Remove it"
        raise ShapeError(f"{does}, but images are {height} x {width}: {fix}.")
