"""Input shape: the few layouts of an array that can only mean one thing."""

from __future__ import annotations

import math

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.text import counted


def count_examples(shape: Shape, given: Shape, where: str) -> int:
    """How many examples of this shape an array of the given shape holds.

    Taken are examples as they are, rows of all their numbers, grey images without the axis of channels, and a single
    example of any of these. A model of vectors also takes images of as many pixels.

    Raises:
        DataError: it is empty or has another number of features.
    """
    if 0 in given:
        raise DataError(f"{where}: holds no examples. Expected shape (N, {', '.join(map(str, shape))}).")
    layouts = {shape, (math.prod(shape),), shape[1:] if shape[0] == 1 and len(shape) > 1 else shape}
    flattened = len(shape) == 1 and len(given) > 1 and math.prod(given[1:]) == shape[0]
    if given[1:] in layouts or given in layouts or flattened:
        return math.prod(given) // math.prod(shape)
    for one, axes in ((given[1:], (0, 3, 1, 2)), (given, (2, 0, 1))):
        if len(shape) == len(one) == 3 and (one[2], *one[:2]) == shape:
            raise DataError(f"{where}: shape {one} has its channels last, expected {shape}. Save x.transpose{axes}.")
    raise wrong_size(where, shape, given[1:] if len(given) > 1 else given)


def wrong_size(where: str, shape: Shape, got: Shape) -> DataError:
    """The error for an example of another shape."""
    shapes = f", shape {got} instead of {shape}" if len(shape) > 1 else ""
    expected, given = counted(math.prod(shape), "feature"), math.prod(got)
    return DataError(f"{where}: model expects {expected}, got {given:,}{shapes}.")
