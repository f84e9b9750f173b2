"""Examples: arrays that people hand in, batch first, as a network takes them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import LARGEST_OUTPUT, Array, Shape

LARGEST = float(np.finfo(np.float32).max)


def as_numbers(x: Array, where: str) -> Array:
    """uint8 as it is; any other numbers as float32 where that loses no digit, else as float64.

    Raises:
        DataError: these are no numbers.
    """
    refuse_words(x.dtype, where)
    if x.dtype == np.uint8:
        return x
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(np.float32 if is_single(x) else np.float64, copy=False)


def as_float64(x: Array) -> Array:
    """Numbers in double precision; those of a longer type that are beyond it become infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(np.float64)


def kept_as_they_are(dtype: np.dtype) -> bool:
    """Whether numbers of this type are kept in it."""
    return dtype in (np.uint8, np.float32)


def is_single(x: Array) -> bool:
    """Whether single precision holds the same numbers, compared in blocks."""
    x = np.atleast_1d(x)
    rows = max(1, (1 << 20) // max(1, math.prod(x.shape[1:])))
    blocks = (x[start : start + rows] for start in range(0, len(x), rows))
    return all(np.array_equal(block.astype(np.float32), block, equal_nan=x.dtype.kind == "f") for block in blocks)


def numbers(where: str, values: Array) -> Array:
    """An array of numbers with at least one axis.

    Raises:
        DataError: these are no numbers.
    """
    array = np.atleast_1d(values)
    refuse_words(array.dtype, where)
    return array


def refuse_words(dtype: np.dtype, where: str) -> None:
    """Refuse an array that holds anything but real numbers.

    Raises:
        DataError: it does.
    """
    if dtype.kind not in "biuf":
        kind = "text" if dtype.kind in "US" else dtype
        raise DataError(f"{where}: expected numbers, got {kind}. Turn words into numbers first.")


def example_shape(shape: Shape, where: str) -> Shape:
    """The shape of one example of (N, features), (N, height, width) or (N, channels, height, width).

    Raises:
        DataError: the array has other axes, or its channels come last.
    """
    if len(shape) == 4 and shape[3] in (1, 3, 4) and shape[1] not in (1, 3, 4) and shape[3] < min(shape[1:3]):
        raise DataError(
            f"{where}: shape {shape} has its channels last, expected (N, channels, height, width). "
            f"Save {where.rpartition(': ')[2]}.transpose(0, 3, 1, 2)."
        )
    if not 2 <= len(shape) <= 4 or 0 in shape[1:]:
        raise DataError(
            f"{where}: got shape {shape}, expected (N, features), (N, height, width) or (N, channels, height, width)."
        )
    return (1, *shape[1:]) if len(shape) == 3 else shape[1:]


def answer_shape(shape: Shape, where: str) -> Shape:
    """The shape of one answer of (N,) or of any array of examples.

    Raises:
        DataError: the array has other axes, or its channels come last.
    """
    return example_shape(shape, where) if len(shape) > 1 else (1,)


def refuse_other_answers(found: Shape, expected: Shape, where: str) -> None:
    """Compare the shape of an answer with that of the training.

    Raises:
        DataError: it is another one, or has more numbers than any network gives.
    """
    if found != expected:
        raise DataError(f"{where}: answers have shape {found}, expected {expected}. Bring them to that shape.")
    if math.prod(found) > LARGEST_OUTPUT:
        raise DataError(
            f"{where}: an answer of shape {found} has more than {LARGEST_OUTPUT:,} numbers. Make it smaller."
        )


def as_values(y: Array, shape: Shape, where: str) -> Array:
    """Values (N, outputs) float64 of answers that each have this shape.

    Raises:
        DataError: they have another one.
    """
    refuse_other_answers(answer_shape(y.shape, where), shape, where)
    return as_float64(y).reshape(len(y), math.prod(shape))


def first_not_finite(x: Array) -> tuple[int, ...] | None:
    """The index of the first number in x (N, ...) that is not finite in single precision; None if there is none."""
    return next(each_not_finite(x), None)


def each_not_finite(x: Array) -> Iterator[tuple[int, ...]]:
    """The index of the first number in each example of x (N, ...) that is not finite in single precision.

    Most networks compute in it, and it is the same limit that tables have. It is looked for in blocks.
    """
    for start, finite in _finite(x):
        for row in np.flatnonzero(~finite.reshape(len(finite), -1).all(axis=1)):
            position = np.unravel_index(int(np.argmin(finite[row])), finite.shape[1:])
            yield (start + int(row), *map(int, position))


def as_found(number: float) -> str:
    """A number that is not finite in single precision, with the reason where one does not see it."""
    return f"{number}, too large for single precision" if np.isfinite(number) else f"{number}"


def examples_not_finite(x: Array) -> int:
    """How many examples of x (N, ...) hold a number that is not finite in single precision."""
    return sum(int((~finite.reshape(len(finite), -1).all(axis=1)).sum()) for _, finite in _finite(x))


def _finite(x: Array) -> Iterator[tuple[int, Array]]:
    """Which numbers of x are finite in single precision: the first row of each block, and an array for the block."""
    if x.dtype.kind == "f":
        rows = max(1, (1 << 20) // max(1, x[0].size))
        for start in range(0, len(x), rows):
            yield start, np.abs(x[start : start + rows]) <= LARGEST
