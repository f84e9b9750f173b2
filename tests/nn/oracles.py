"""Slow and obvious: convolution and pooling as nested loops over every output, forward and backward.

Axes as in the layers: x (channels, height, width, N), y (filters or channels, rows, columns, N).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

Array = np.ndarray
Pair = tuple[int, int]


def convolution(
    x: Array,
    weight: Array,
    bias: Array,
    stride: Pair,
    margins: tuple[Pair, Pair],
    dy: Array,
    dilation: Pair = (1, 1),
    groups: int = 1,
) -> tuple[Array, Array, Array, Array]:
    """y, and from dy the gradients dx, dweight and dbias.

    Args:
        weight: (filters, channels of a group, kernel height, kernel width).
        margins: zeros (above, below) and (left, right).
    """
    padded = np.pad(x, ((0, 0), *margins, (0, 0)))
    y, dpadded, dweight, dbias = np.zeros_like(dy), np.zeros_like(padded), np.zeros_like(weight), np.zeros_like(bias)
    for f, r, q, n in _places(dy):
        first = f // (len(weight) // groups) * weight.shape[1]
        window = (slice(first, first + weight.shape[1]), *_window(r, q, weight.shape[2:], stride, dilation), n)
        y[f, r, q, n] = (weight[f] * padded[window]).sum() + bias[f]
        dweight[f] += dy[f, r, q, n] * padded[window]
        dpadded[window] += dy[f, r, q, n] * weight[f]
        dbias[f] += dy[f, r, q, n]
    (top, _), (left, _) = margins
    return y, dpadded[:, top : top + x.shape[1], left : left + x.shape[2]], dweight, dbias


def max_pooling(x: Array, size: Pair, stride: Pair, dy: Array) -> tuple[Array, Array]:
    """y, and dx from dy: the gradient goes to the first maximum of a window, row by row."""
    y, dx = np.zeros_like(dy), np.zeros_like(x)
    for c, r, q, n in _places(dy):
        window = (c, *_window(r, q, size, stride), n)
        first = np.unravel_index(x[window].argmax(), size)
        y[c, r, q, n] = x[window][first]
        dx[window][first] += dy[c, r, q, n]
    return y, dx


def same_margin(size: int, kernel: int, stride: int) -> Pair:
    """Zeros before and after, the fewest that give ceil(size / stride) outputs, an odd one after."""
    total = 0
    while (size + total - kernel) // stride + 1 < -(-size // stride):
        total += 1
    return (total // 2, total - total // 2)


def _places(array: Array) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(length) for length in array.shape))


def _window(row: int, column: int, size: Pair, stride: Pair, dilation: Pair = (1, 1)) -> tuple[slice, slice]:
    top, left = row * stride[0], column * stride[1]
    down, across = (size[axis] * dilation[axis] for axis in (0, 1))
    return slice(top, top + down, dilation[0]), slice(left, left + across, dilation[1])
