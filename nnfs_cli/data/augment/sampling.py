"""Sampling: images whose pixels are taken from places between the pixels of others."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnfs_cli.data.augment.base import working
from nnfs_cli.nn.shapes import Array, Shape

BLOCK = 1 << 16
"""How many pixels of a channel are sampled together, unless one image has more: what is made of them fits a cache."""

PLACE = 16
"""Bytes of each of these pixels: its row and its column in float32, and the index of the pixel before it."""

Places = Callable[[slice], tuple[Array, Array]]


def sampled(x: Array, places: Places) -> Array:
    """y[n, c, r, q] = x[n, c, rows[n, r, q], columns[n, r, q]], between four pixels by bilinear interpolation.

    With i, j the whole numbers below the place and u, v what is left of it,
    y = (1 - u) ((1 - v) x[i, j] + v x[i, j + 1]) + u ((1 - v) x[i + 1, j] + v x[i + 1, j + 1]).
    A place beyond the edge is moved to the nearest one on it. Bytes are rounded to the nearest.

    Args:
        x: (n, channels, height, width).
        places: gives rows and columns (k, height, width) in float32, in pixels from the first one, for a slice of k
            images; they are overwritten.
    """
    y = np.empty_like(x)
    step = images_at_a_time(x.shape[1:])
    for start in range(0, len(x), step):
        some = slice(start, start + step)
        y[some] = _sampled(x[some], *places(some))
    return y


def images_at_a_time(shape: Shape) -> int:
    """How many images of this shape make a block."""
    return max(1, BLOCK // math.prod(shape[1:]))


def sampled_bytes(shape: Shape, itemsize: int, images: int) -> int:
    """Bytes that `sampled` takes, the result included."""
    channels, height, width = shape
    number = max(itemsize, 4)
    padded, values = channels * (height + 1) * (width + 1), (channels + 3) * height * width
    block = min(images, images_at_a_time(shape)) * ((padded + values) * number + PLACE * height * width)
    return images * math.prod(shape) * itemsize + block


def _sampled(x: Array, rows: Array, columns: Array) -> Array:
    """The images of one block."""
    count, channels, height, width = x.shape
    first = _split(rows, height)
    first *= width + 1
    first += _split(columns, width)
    first += (np.arange(count) * (channels * (height + 1) * (width + 1)))[:, None, None]
    padded, y = _padded(x).reshape(-1), np.empty(x.shape, working(x.dtype))
    for channel in range(channels):
        pixels = padded[channel * (height + 1) * (width + 1) :]
        above = _between(pixels, first, columns)
        below = _between(pixels[width + 1 :], first, columns)
        below -= above
        below *= rows
        np.add(above, below, out=y[:, channel])
    return (np.rint(y, out=y) if x.dtype == np.uint8 else y).astype(x.dtype, copy=False)


def _split(places: Array, length: int) -> Array:
    """The whole numbers below places along a side of this length, as indices; what is left of each takes its place."""
    np.clip(places, 0, length - 1, out=places)
    whole = places.astype(np.intp)
    places -= whole
    return whole


def _padded(x: Array) -> Array:
    """The images with their last row and their last column twice, so that every pixel has a next one."""
    count, channels, height, width = x.shape
    padded = np.empty((count, channels, height + 1, width + 1), working(x.dtype))
    padded[:, :, :height, :width] = x
    padded[:, :, height, :width] = x[:, :, -1]
    padded[:, :, :, width] = padded[:, :, :, width - 1]
    return padded


def _between(pixels: Array, first: Array, share: Array) -> Array:
    """(1 - share) of the first pixel and share of the one behind it."""
    y, after = pixels.take(first), pixels[1:].take(first)
    after -= y
    after *= share
    y += after
    return y
