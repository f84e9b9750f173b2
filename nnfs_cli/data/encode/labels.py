"""Labels: class numbers in an array, in every form in which people keep them."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.examples import as_float64
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape

MOST_CLASSES = 10_000
LARGEST_WHOLE = 2**53


def class_numbers(y: Array, where: str) -> Array:
    """(N,) int64 of class numbers (N,) or (N, 1) of any type of numbers, or one-hot rows (N, classes).

    Raises:
        DataError: one is no whole number, or these are values of several columns.
    """
    if y.ndim > 1 and y[0].size > 1:
        if y.ndim > 2 or not is_one_hot(y):
            raise DataError(
                f"{where}: got shape {y.shape}, expected class numbers (N,), or rows with one 1 and 0 elsewhere. "
                "Save the class numbers, or set dataset.task: regression."
            )
        return y.argmax(axis=1)
    numbers = as_float64(y) if y.dtype.kind == "f" else y
    numbers = numbers.reshape(len(y))
    whole = _are_whole(numbers)
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(
            f"{where}: row {row}: expected a class number, got {y[row]}. Fix it, or set dataset.task: regression."
        )
    return numbers.astype(np.int64)


def class_names(numbers: Array, where: str) -> tuple[str, ...]:
    """The names of the classes that numbers (N,) are counted in: "0" to the largest one.

    Raises:
        DataError: one is below 0, or there are too many.
    """
    lowest, count = int(numbers.min()), int(numbers.max()) + 1
    if lowest < 0:
        raise DataError(
            f"{where}: row {int(numbers.argmin())}: class {lowest}, but classes are counted from 0. "
            f"Save y + {-lowest}, or set dataset.task: regression."
        )
    if count > MOST_CLASSES:
        raise DataError(
            f"{where}: row {int(numbers.argmax())}: class {count - 1:,} is beyond {MOST_CLASSES:,} classes. "
            "Number the classes from 0, or set dataset.task: regression."
        )
    return tuple(map(str, range(count)))


def counted_from(numbers: Array) -> str:
    """What people should know of class numbers (N,) of which the lowest is not 0; nothing if it is."""
    lowest, highest = int(numbers.min()), int(numbers.max())
    if lowest <= 0:
        return ""
    return f"its labels run from {lowest} to {highest}, but classes are counted from 0. Save y - {lowest}."


def could_be_classes(y: Array) -> str:
    """How an array that is taken for values could be classes: its form; nothing if it could not."""
    if y.ndim == 2 and y.shape[1] > 1:
        return f"one-hot rows {y.shape}" if is_one_hot(y) else ""
    numbers = as_float64(y).reshape(len(y))
    if not _are_whole(numbers).all() or not 0 <= numbers.min() <= numbers.max() < MOST_CLASSES:
        return ""
    return f"whole numbers from {numbers.min():.0f} to {numbers.max():.0f}"


def constants(y: Array, shape: Shape) -> str:
    """What people should know of answers (N, outputs) of which one value, or one channel, never changes.

    Args:
        shape: of one answer.
    """
    values = y.reshape(len(y), shape[0], -1)
    first = values[0, :, 0]
    same = (values == first[:, None]).all(axis=(0, 2)) if values[:, 0].size > 1 else np.zeros(shape[0], bool)
    if not same.any():
        return ""
    target = int(same.argmax())
    which = f"{'output' if len(shape) == 1 else 'channel'} {target} " if len(same) > 1 else ""
    return f"y: {which}is {first[target]:g} in every example: nothing can be learned. Choose another target"


def is_one_hot(y: Array) -> bool:
    """Whether every row of y (N, K) has one 1 and 0 elsewhere."""
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def _are_whole(numbers: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.isfinite(numbers) & (np.floor(numbers) == numbers) & (np.abs(numbers) <= LARGEST_WHOLE)
