"""Array checks: what the header of an array of examples or answers says is wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnfs_cli.data.examples import example_shape, refuse_words
from nnfs_cli.data.formats.arrays import read_shape
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.text import shown


def called(file: Path, name: str | None, array: str) -> str:
    """What an error calls an array: by its name in the file, x or y if it has none."""
    return f"{file}: {shown(name or array)}"


def shape_of(file: Path, name: str | None) -> Shape:
    """The shape of one example, from a header.

    Raises:
        DataError: these are no numbers, or no examples.
    """
    shape, dtype = read_shape(file, name)
    refuse_words(dtype, called(file, name, "x"))
    return example_shape(shape, called(file, name, "x"))


def check_answers(shape: Shape, dtype: np.dtype, where: str) -> None:
    """Refuse what cannot be answers.

    Raises:
        DataError: these are no numbers, or none, or have other axes than examples and values.
    """
    refuse_words(dtype, where)
    if len(shape) not in (1, 2, 3, 4):
        raise DataError(
            f"{where}: got shape {shape}, expected one answer for each example, (N,), several values, (N, outputs), "
            "or images, (N, height, width) or (N, channels, height, width). Save it in that shape."
        )
    if 0 in shape:
        raise DataError(f"{where}: holds no answers, shape {shape}. Save one answer for each example.")
