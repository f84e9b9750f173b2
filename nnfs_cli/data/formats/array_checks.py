"""Array checks: what the header of an array of examples or answers says is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnfs_cli.data.examples import as_float64, example_shape, refuse_words
from nnfs_cli.data.formats.arrays import read_array, read_shape
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import counted, shown

ALL_ZERO = "the weights of all training examples are 0: nothing can be learned. Raise some of them."


def check_pairs(pairs: Mapping[str, Any], *, alone: bool = False) -> None:
    """See that whatever names arrays one by one names the examples and the answers.

    Args:
        alone: the answers need not be named.

    Raises:
        ConfigError: it does not, or both are the same.
    """
    for name, pair in pairs.items():
        if isinstance(pair, dict) and alone:
            if "x" not in pair:
                raise ConfigError(f"{name}: expected x, got {', '.join(pair) or 'nothing'}. Name the examples too.")
        elif isinstance(pair, dict) and not {"x", "y"} <= set(pair):
            raise ConfigError(f"{name}: expected both x and y, got {', '.join(pair) or 'neither'}.")
        elif isinstance(pair, dict) and pair["x"] == pair["y"]:
            raise ConfigError(
                f"{name}: x and y are both {shown(pair['x'])}, expected the examples and their answers. "
                f"Correct one of the two."
            )


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


def check_answers(shape: Shape, where: str) -> None:
    """Refuse what cannot be answers.

    Raises:
        DataError: there are none, or they have other axes than examples and values.
    """
    if len(shape) not in (1, 2, 3, 4):
        raise DataError(
            f"{where}: got shape {shape}, expected one answer for each example, (N,), several values, (N, outputs), "
            "or images, (N, height, width) or (N, channels, height, width). Save it in that shape."
        )
    if 0 in shape:
        raise DataError(f"{where}: holds no answers, shape {shape}. Save one answer for each example.")


def read_weights(file: Path, name: str | None, examples: int) -> Array:
    """The weights of so many examples, (N,) float64, of an array (N,) or (N, 1).

    Raises:
        DataError: these are no numbers, have other axes, or are all 0.
    """
    (shape, dtype), where = read_shape(file, name), called(file, name, "weight")
    refuse_words(dtype, where)
    if shape not in ((examples,), (examples, 1)):
        expected = f"one weight for each of {counted(examples, 'example')}, ({examples},)"
        raise DataError(f"{where}: got shape {shape}, expected {expected}. Save it so.")
    weights = as_float64(read_array(file, name)).reshape(examples)
    if not weights.any():
        raise DataError(f"{where}: {ALL_ZERO}")
    return weights
