"""Shapes of one example, and the sentences for a layer that cannot take one.

A shape leaves the batch out: (features,) for vectors, (channels, length) for sequences, (channels, height, width) for
images.
"""

from __future__ import annotations

import contextlib
import math
from typing import TypeAlias

import numpy as np

from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.text import counted, quoted

LARGEST_INPUT = 2**28
LARGEST_OUTPUT = 2**30

Array: TypeAlias = np.ndarray
Shape: TypeAlias = tuple[int, ...]
Pair: TypeAlias = tuple[int, int]


def vector_length(shape: Shape) -> int:
    """The length of a vector.

    Raises:
        ShapeError: one example is not a vector.
    """
    if len(shape) != 1:
        raise ShapeError(f"takes vectors, got {name(shape)}. Put a flatten layer before it.")
    return shape[0]


def image_size(shape: Shape) -> tuple[int, int, int]:
    """The (channels, height, width) of an image.

    Raises:
        ShapeError: one example is not an image.
    """
    if len(shape) != 3:
        raise ShapeError(
            f"takes images (channels, height, width), got {name(shape)}. "
            "Put it before the flatten layer; for rows of a table use dense layers."
        )
    return shape[0], shape[1], shape[2]


def sequence_size(shape: Shape) -> tuple[int, int]:
    """The (channels, length) of a sequence.

    Raises:
        ShapeError: one example is not a sequence.
    """
    if len(shape) != 2:
        own = [1, *shape] if len(shape) == 1 else [shape[0] * shape[1], shape[2]]
        raise ShapeError(
            f"takes sequences (channels, length), got {name(shape)}. Put {{type: reshape, shape: {own}}} before it."
        )
    return shape[0], shape[1]


def name(shape: Shape) -> str:
    """What people call an example of this shape."""
    kinds = {1: f"vectors of {counted(shape[0], 'feature')}", 3: f"images of shape {shape}"}
    return kinds.get(len(shape), f"arrays of shape {shape}")


def refuse_huge(shape: Shape, most: int) -> None:
    """Refuse an example that no machine is meant to hold, though no weight may be needed for it.

    Raises:
        ShapeError: it has more numbers than `most`.
    """
    if math.prod(shape) > most:
        raise ShapeError(f"one example of shape {shape} would have more than {most:,} numbers. Make it smaller.")


def pair(value: int | Pair) -> Pair:
    """(vertical, horizontal) of a parameter that may be one number for both."""
    return (value, value) if isinstance(value, int) else value


def computed_in(dtype: np.dtype | str) -> np.dtype:
    """A type that networks compute in.

    Raises:
        ConfigError: it is none.
    """
    for name in ("float32", "float64"):
        with contextlib.suppress(TypeError):
            if dtype is not None and np.dtype(dtype) == name:
                return np.dtype(name)
    raise ConfigError(f"dtype: expected 'float32' or 'float64', got {quoted(str(dtype))}.")
