"""Input shape: the few layouts of an array that can only mean one thing."""

from __future__ import annotations

import math

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import counted


def brought_to(shape: Shape, x: Array, where: str) -> Array:
    """x as (n, *shape).

    Taken are examples as they are, rows of all their numbers, grey images without the axis of channels, and a single
    example of any of these. A model of vectors also takes images of as many pixels.

    Raises:
        DataError: x is empty or has another number of features.
    """
    if x.size == 0:
        raise DataError(f"{where}: holds no examples. Expected shape (N, {', '.join(map(str, shape))}).")
    layouts = {shape, (math.prod(shape),), shape[1:] if shape[0] == 1 and len(shape) > 1 else shape}
    flattened = len(shape) == 1 and x.ndim > 1 and math.prod(x.shape[1:]) == shape[0]
    if x.shape[1:] in layouts or x.shape in layouts or flattened:
        return x.reshape(-1, *shape)
    raise wrong_size(where, shape, x.shape[1:] if x.ndim > 1 else x.shape)


def wrong_size(where: str, shape: Shape, got: Shape) -> DataError:
    """The error for an example of another shape."""
    shapes = f", shape {got} instead of {shape}" if len(shape) > 1 else ""
    return DataError(f"{where}: model expects {counted(math.prod(shape), 'feature')}, got {math.prod(got)}{shapes}.")
