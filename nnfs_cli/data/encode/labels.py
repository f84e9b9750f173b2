"""Labels: class numbers in an array, in every form in which people keep them."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.examples import as_float64
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import listed, quoted

MOST_CLASSES = 10_000
FEW = 3
"""So many classes are named one by one."""

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


def labels_of(y: Array, where: str) -> Array:
    """The label of every example as it is written, (N,): words, or whole numbers in any form of `class_numbers`.

    Raises:
        DataError: one is neither.
    """
    return _words(y, where) if y.dtype.kind in "US" else class_numbers(y, where)


def class_names(labels: Array, where: str) -> tuple[str, ...]:
    """The names of the classes of labels (N,): the words in sorted order; "0", or "1" if no 0 is there, to the largest.

    Raises:
        DataError: one is below 0, or there are too many.
    """
    if labels.dtype.kind == "U":
        return tuple(np.unique(labels).tolist())
    lowest, highest = int(labels.min()), int(labels.max())
    if lowest < 0:
        raise DataError(
            f"{where}: row {int(labels.argmin())}: class {lowest}, but classes are counted from 0. "
            f"Save y + {-lowest}, or set dataset.task: regression."
        )
    if highest >= MOST_CLASSES:
        raise DataError(
            f"{where}: row {int(labels.argmax())}: class {highest:,} is beyond {MOST_CLASSES:,} classes. "
            "Number the classes from 0, or set dataset.task: regression."
        )
    return tuple(map(str, range(int(lowest == 1), highest + 1)))


def places_of(labels: Array, classes: tuple[str, ...], where: str) -> Array:
    """The number of its class for every label (N,), int64; what is counted from 0 is taken as it is.

    Raises:
        DataError: a label is no class.
    """
    if labels.dtype.kind == "U":
        known = {name: number for number, name in enumerate(classes)}
        words, places = np.unique(labels, return_inverse=True)
        found = np.array([known.get(word, -1) for word in words.tolist()], np.int64)[places]
    else:
        first = int(classes[0]) if classes[0] in ("0", "1") else -1
        if classes != tuple(map(str, range(first, first + len(classes)))):
            raise DataError(f"{where}: holds numbers, expected words: {listed(classes)}. Save those.")
        if first == 0:
            return labels
        found = np.where(labels <= len(classes), labels - first, -1)
    if (found < 0).any():
        row = int(np.argmin(found >= 0))
        raise DataError(
            f"{where}: row {row}: label {quoted(labels[row].item())} is none of the classes: {listed(classes)}. "
            "Correct it, or train on examples of that class too."
        )
    return found


def counted_from(labels: Array) -> str:
    """What people should know of class numbers (N,) of which the lowest is not 0 or 1; nothing if it is."""
    if labels.dtype.kind == "U" or (lowest := int(labels.min())) <= 1:
        return ""
    return f"its labels run from {lowest} to {labels.max()}, but classes are counted from 0. Save y - {lowest}."


def named_from(labels: Array) -> str:
    """What people should know of class numbers (N,) of which the lowest is 1; nothing if it is not."""
    if labels.dtype.kind == "U" or labels.min() != 1:
        return ""
    return f"its labels run from 1 to {labels.max()}: these are the names of the classes"


def form_of(shape: Shape, dtype: np.dtype, classes: tuple[str, ...]) -> str:
    """What people should know of answers that are taken for classes and are no plain list of whole numbers or words."""
    one_hot = len(shape) > 1 and shape[1] > 1
    column = f"of shape {shape}" if len(shape) > 1 else ""
    kind = {"f": f"numbers of type {dtype}", "b": "false and true"}.get(dtype.kind, "labels" if column else "")
    form = f"one-hot rows {shape}" if one_hot else " ".join(filter(None, (kind, column)))
    some = listed(classes) if len(classes) <= FEW else f"{classes[0]} to {classes[-1]}"
    return form and f"its y holds {form}, taken for the classes {some}"


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


def _words(y: Array, where: str) -> Array:
    """(N,) words of text or bytes (N,) or (N, 1).

    Raises:
        DataError: a label is empty or no text, there are too many, or they have other axes.
    """
    if y.size != len(y):
        raise DataError(f"{where}: got shape {y.shape}, expected a word for each example, (N,). Save those.")
    words, places = np.unique(y.reshape(len(y)), return_inverse=True)
    try:
        names = [_text(word) for word in words]
    except UnicodeError:
        raise DataError(f"{where}: holds words that are no UTF-8 text. Save them as text.") from None
    if "" in names:
        raise DataError(f"{where}: row {int(np.argmax(y == y.dtype.type()))}: has no label. Leave such examples out.")
    if len(names) > MOST_CLASSES:
        raise DataError(f"{where}: holds {len(names):,} words, more than {MOST_CLASSES:,} classes. Group them.")
    return np.array(names)[places]


def _text(word: np.str_ | np.bytes_) -> str:
    """A word as text; one of an array may hold numbers that stand for no character.

    Raises:
        UnicodeError: it does.
    """
    if isinstance(word, bytes):
        return word.decode()
    text = np.array(word).astype("<U").tobytes().decode("utf-32-le")
    return text.rstrip("\0")
