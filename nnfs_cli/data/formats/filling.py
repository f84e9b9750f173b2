"""Filling: numbers out of a stream into the array that is kept, so that they are never in memory twice."""

from __future__ import annotations

import math
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.data.examples import is_single, kept_as_they_are
from nnfs_cli.nn.shapes import Array, Shape

_BLOCK = 1 << 18
"""How many numbers are converted together."""
_PIECE = 1 << 20


def fill(file: BinaryIO, shape: Shape, dtype: np.dtype, *, by_columns: bool) -> Array:
    """An array of this shape, in C order, in the type that examples of this type are kept in.

    Args:
        by_columns: the stream is in Fortran's order.

    Raises:
        EOFError: the stream ends early.
    """
    if kept_as_they_are(dtype) and not by_columns:
        kept = np.empty(shape, dtype)
        read_into(file, kept)
        return kept
    with np.errstate(over="ignore", invalid="ignore"):
        return _converted(file, shape, dtype, by_columns=by_columns)


def read_into(file: BinaryIO, array: Array) -> None:
    """Fill an array in small pieces: some streams read all that they are asked for before they hand it on.

    Raises:
        EOFError: the stream ends early.
    """
    content, got = memoryview(array.reshape(-1).view(np.uint8)), 0
    while got < len(content):
        count = file.readinto(content[got : got + _PIECE])  # type: ignore[attr-defined]
        if not count:
            raise EOFError(f"ends after {got:,} of {len(content):,} bytes")
        got += count


def _converted(file: BinaryIO, shape: Shape, dtype: np.dtype, *, by_columns: bool) -> Array:
    kept, total = np.empty(shape, dtype if dtype == np.uint8 else np.float32), math.prod(shape)
    for start in range(0, total, _BLOCK):
        block = np.empty(min(_BLOCK, total - start), dtype)
        read_into(file, block)
        if kept.dtype == np.float32 and not is_single(block):
            kept = _widened(kept, start)
        _flat(kept, by_columns)[start : start + len(block)] = block
    return kept


def _widened(kept: Array, filled: int) -> Array:
    """The same array with room for all digits; where nothing is filled yet, nothing is copied."""
    return kept.astype(np.float64) if filled else np.empty(kept.shape, np.float64)


def _flat(array: Array, by_columns: bool) -> Any:
    """The numbers one after the other, in the order of the stream, to be assigned to."""
    return array.T.flat if by_columns else array.reshape(-1)
