"""Windows: the patches of images that convolution and pooling look at, as views without a copy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Pair


def windows(x: Array, kernel: Pair, stride: Pair) -> Array:
    """All windows of x.

    Shapes: x (channels, height, width, N) -> (channels, kernel height, kernel width, rows, columns, N), where
    [c, i, j, r, q, n] is x[c, r * stride + i, q * stride + j, n]. Written to through [:, i, j], where no two
    elements share memory.
    """
    rows, columns = (count_windows(x.shape[1 + axis], kernel[axis], stride[axis]) for axis in (0, 1))
    channel, vertical, horizontal, example = x.strides
    strides = (channel, vertical, horizontal, vertical * stride[0], horizontal * stride[1], example)
    return as_strided(x, (x.shape[0], *kernel, rows, columns, x.shape[3]), strides)


def add_windows(columns: Array, patches: Array) -> None:
    """Add columns (channels, kernel height, kernel width, rows, columns, N) to the images that `patches` are windows of.

    NumPy copies short rows into buffers before it adds them, unless its buffers are shorter than the rows: that alone
    makes this twice as fast.
    """
    before = np.setbufsize(512)
    for i, j in positions(patches.shape[1:3]):
        patches[:, i, j] += columns[:, i, j]
    np.setbufsize(before)


def count_windows(size: int, kernel: int, stride: int) -> int:
    """How many windows of `kernel` fit into `size`, `stride` apart.

    Raises:
        ShapeError: not even one fits.
    """
    if kernel > size:
        raise ShapeError(f"has a window of {kernel}, larger than the {size} pixels it moves over. Make it smaller.")
    return (size - kernel) // stride + 1


def positions(kernel: tuple[int, ...]) -> Iterator[Pair]:
    """The places in a window, row by row."""
    return itertools.product(range(kernel[0]), range(kernel[1]))


def row_blocks(rows: int, row_bytes: int, cache_bytes: int = 700 * 1024) -> Iterator[slice]:
    """All rows in runs whose `row_bytes` stay in the second-level cache together; one row at the least."""
    step = max(1, cache_bytes // max(1, row_bytes))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
