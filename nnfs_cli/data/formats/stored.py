"""Stored: an array in a file, read a few examples at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from nnfs_cli.data.formats.filling import read_into
from nnfs_cli.nn.shapes import Array, Shape


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file says of its array, and how it is read.

    Attributes:
        shape, dtype: of the array.
        packed: whether damage shows at its end only.
        read: the array as examples (n, numbers), given how many there are and how many to read at once; whatever is
            wrong raises a DataError.
    """

    shape: Shape
    dtype: np.dtype
    packed: bool
    read: Callable[[int, int], Iterator[Array]]


def by_rows(file: BinaryIO, shape: Shape, dtype: np.dtype, count: int, rows: int) -> Iterator[Array]:
    """The examples of a stream in C order.

    Args:
        count: how many examples there are.
        rows: how many to read at once.

    Raises:
        EOFError: the stream ends early.
    """
    width = math.prod(shape) // count
    for start in range(0, count, rows):
        block = np.empty((min(rows, count - start), width), dtype)
        read_into(file, block)
        yield block


def by_columns(file: BinaryIO, shape: Shape, dtype: np.dtype, count: int, rows: int) -> Iterator[Array]:
    """The examples of a file in Fortran's order, of which each column holds a part; else as `by_rows`."""
    shape = shape if len(shape) > 1 and shape[0] == count else (1, *shape)
    begin, inner = file.tell(), shape[1:]
    for start in range(0, count, rows):
        columns = np.empty((math.prod(inner), min(rows, count - start)), dtype)
        for column, numbers in enumerate(columns):
            file.seek(begin + (column * count + start) * dtype.itemsize)
            read_into(file, numbers)
        yield columns.reshape(*inner[::-1], -1).T.reshape(columns.shape[1], -1)
