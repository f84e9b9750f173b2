"""Windows: the patches of images that convolution and pooling look at, as views without a copy."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Pair
from nnfs_cli.nn.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")


def windows(x: Array, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)) -> Array:
    """All windows of x.

    Shapes: x (channels, height, width, N) -> (channels, kernel height, kernel width, rows, columns, N), where
    [c, i, j, r, q, n] is x[c, r * stride + i * dilation, q * stride + j * dilation, n]. Written to through
    [:, i, j], where no two elements share memory.
    """
    extent = extent_of(kernel, dilation)
    rows, columns = (count_windows(x.shape[1 + axis], extent[axis], stride[axis]) for axis in (0, 1))
    channel, vertical, horizontal, example = x.strides
    within, between = (vertical * dilation[0], horizontal * dilation[1]), (vertical * stride[0], horizontal * stride[1])
    strides = (channel, *within, *between, example)
    return as_strided(x, (x.shape[0], *kernel, rows, columns, x.shape[3]), strides)


def short_buffers(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with NumPy's buffers shorter than the rows that it works on.

    NumPy copies rows into buffers of 8192 elements before it computes with them, unless the rows are longer than the
    buffers: for rows of some hundred elements that alone more than doubles the speed.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        before = np.setbufsize(256)
        try:
            return function(*args, **kwargs)
        finally:
            np.setbufsize(before)

    return run


@short_buffers
def add_windows(columns: Array, patches: Array) -> None:
    """Add columns, (channels, kernel height, kernel width, rows, columns, N), to what `patches` are windows of."""
    for i, j in positions(patches.shape[1:3]):
        patches[:, i, j] += columns[:, i, j]


@dataclass(frozen=True)
class Geometry:
    """What a convolution does to the height and the width of images.

    Attributes:
        size: (height, width) of the input.
        kernel, stride: of the windows.
        margins: zeros ((above, below), (left, right)).
        dilation: from one place of the kernel to the next.
    """

    size: Pair
    kernel: Pair
    stride: Pair
    margins: tuple[Pair, Pair]
    dilation: Pair = (1, 1)

    @property
    def extent(self) -> Pair:
        """(height, width) of a window with its gaps."""
        return extent_of(self.kernel, self.dilation)

    @property
    def padded(self) -> Pair:
        """(height, width) with the margins."""
        return self.size[0] + sum(self.margins[0]), self.size[1] + sum(self.margins[1])

    @property
    def output(self) -> Pair:
        """(rows, columns) of windows.

        Raises:
            ShapeError: not even one fits.
        """
        rows, columns = (count_windows(self.padded[k], self.extent[k], self.stride[k]) for k in (0, 1))
        return rows, columns


def extent_of(kernel: Pair, dilation: Pair) -> Pair:
    """(height, width) of a kernel whose places lie `dilation` apart."""
    return (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1


def pad(x: Array, margins: tuple[Pair, Pair], workspace: Workspace) -> Array:
    """x in contiguous memory with zeros around it; x itself if it is so already."""
    (top, bottom), (left, right) = margins
    if not (top or bottom or left or right) and x.flags.c_contiguous:
        return x
    channels, height, width, examples = x.shape
    padded = workspace.array("padded", (channels, top + height + bottom, left + width + right, examples), x.dtype)
    for border in (padded[:, :top], padded[:, top + height :], padded[:, :, :left], padded[:, :, left + width :]):
        border.fill(0)
    padded[:, top : top + height, left : left + width] = x
    return padded


def count_windows(size: int, kernel: int, stride: int) -> int:
    """How many windows of `kernel` fit into `size`, `stride` apart.

    Raises:
        ShapeError: not even one fits.
    """
    if kernel > size:
        raise ShapeError(f"has a window of {kernel}, larger than the {size} positions it moves over. Make it smaller.")
    return (size - kernel) // stride + 1


def positions(kernel: tuple[int, ...]) -> Iterator[Pair]:
    """The places in a window, row by row."""
    return itertools.product(range(kernel[0]), range(kernel[1]))


def row_blocks(rows: int, row_bytes: int, cache_bytes: int = 700 * 1024) -> Iterator[slice]:
    """All rows in runs whose `row_bytes` stay in the second-level cache together; one row at the least."""
    step = max(1, cache_bytes // max(1, row_bytes))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
