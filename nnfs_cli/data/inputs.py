"""Inputs: what people hand to `nnfs predict`, as a model takes it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from nnfs_cli.data.arrays import array_names, read_array
from nnfs_cli.data.columns import Column
from nnfs_cli.data.examples import as_numbers, first_not_finite
from nnfs_cli.data.files import opening
from nnfs_cli.data.idx import read_idx
from nnfs_cli.data.input_rows import input_rows
from nnfs_cli.data.input_shape import brought_to
from nnfs_cli.data.pictures import read_picture
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape

KINDS = ".npy, .npz, .csv, .png, .jpg, .jpeg, .idx or -ubyte (.gz too)"


@dataclasses.dataclass(frozen=True, eq=False)
class Inputs:
    """Some examples of one input.

    Attributes:
        names: where each comes from: a path, or `path[index]`, counted from 0.
        x: (n, *input_shape), uint8 or float32; finite.
        warnings: for people; each appears once.
    """

    names: list[str]
    x: Array
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Model:
    """What the model that predicts takes.

    Attributes:
        columns: how rows become features, for models of tables.
        pixels: whether it was trained on pixels from 0 to 255.
    """

    input_shape: Shape
    columns: tuple[Column, ...] | None
    pixels: bool


def read_inputs(
    paths: Sequence[str],
    *,
    input_shape: Shape,
    columns: tuple[Column, ...] | None,
    pixels: bool,
    stdin: TextIO,
) -> Iterator[Inputs]:
    """The examples of all inputs in turn: files, folders of files in alphabetical order, and "-" for CSV on `stdin`.

    Args:
        input_shape: of one example of the model; pictures are brought to it, arrays and rows must have it.
        columns: of a model of tables: rows are encoded as in training; other models take rows of plain numbers.
        pixels: whether the model was trained on pixels from 0 to 255.

    Raises:
        DataError: an input is missing, damaged, empty, of another size, or not finite; raised when its turn comes.
    """
    model, seen = Model(input_shape, columns, pixels), set[str]()
    for path in paths:
        for inputs in _rows(stdin, "stdin", model) if path == "-" else _anything(Path(path), model):
            fresh = tuple(warning for warning in inputs.warnings if warning not in seen)
            seen.update(fresh)
            yield dataclasses.replace(inputs, warnings=fresh)


def _anything(path: Path, model: Model) -> Iterator[Inputs]:
    if not os.path.isdir(path):
        yield from _file(path, model)
        return
    files = [entry for entry in sorted(path.rglob("[!.]*")) if _kind(entry) in _READERS and entry.is_file()]
    if not files:
        raise DataError(f"{path}: holds no inputs. Expected files that end in {KINDS}.")
    for file in files:
        yield from _file(file, model)


def _file(path: Path, model: Model) -> Iterator[Inputs]:
    if not os.path.exists(path):
        raise DataError(f"{path}: there is no such file. Correct the path.")
    kind = _kind(path)
    if kind not in _READERS:
        raise DataError(f"{path}: is of no known kind. Expected a name that ends in {KINDS}.")
    return _READERS[kind](path, model)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return "idx" if name.endswith(("ubyte", ".idx")) else path.suffix.lower()


def _npy(path: Path, model: Model) -> Iterator[Inputs]:
    yield _array(path, read_array(path), model)


def _npz(path: Path, model: Model) -> Iterator[Inputs]:
    names = array_names(path)
    yield _array(path, read_array(path, names[0] if len(names) == 1 else "x"), model)


def _idx(path: Path, model: Model) -> Iterator[Inputs]:
    yield _array(path, read_idx(path), model)


def _array(path: Path, array: Array, model: Model) -> Inputs:
    x = brought_to(model.input_shape, as_numbers(array, str(path)), str(path))
    return _numbers(str(path), x, 0, model)


def _csv(path: Path, model: Model) -> Iterator[Inputs]:
    with opening(path), open(path, encoding="utf-8-sig", newline="") as stream:
        yield from _rows(stream, str(path), model)


def _rows(stream: TextIO, where: str, model: Model) -> Iterator[Inputs]:
    start = 0
    for x in input_rows(stream, where, model.input_shape, model.columns):
        yield _numbers(where, x, start, model)
        start += len(x)


def _numbers(where: str, x: Array, start: int, model: Model) -> Inputs:
    """Inputs of an array of the right shape, whose first example is number `start` of its file."""
    if (bad := first_not_finite(x)) is not None:
        row, *place = bad
        raise DataError(f"{where}[{start + row}]: feature {tuple(place)}: expected a finite number, got {x[bad]}.")
    names = [f"{where}[{start + row}]" for row in range(len(x))]
    return Inputs(names, x if model.pixels else x.astype(np.float32), _doubts(where, x, model))


def _doubts(where: str, x: Array, model: Model) -> tuple[str, ...]:
    if model.pixels and x.dtype.kind == "f" and x.min() >= 0 and 0 < x.max() <= 1:
        return (f"{where}: values lie within 0..1, but the model was trained on pixels 0..255. Multiply by 255?",)
    return ()


def _picture(path: Path, model: Model) -> Iterator[Inputs]:
    if len(model.input_shape) != 3 or model.input_shape[0] not in (1, 3):
        raise DataError(
            f"{path}: the model takes arrays of shape {model.input_shape}, not pictures. Give .npy or .csv."
        )
    x = read_picture(path, model.input_shape)[None]  # type: ignore[arg-type]
    if model.pixels:
        yield Inputs([str(path)], x)
    else:
        doubt = "pictures are given to the model as numbers 0..1, as it was not trained on pixels 0..255"
        yield Inputs([str(path)], x / np.float32(255), (doubt,))


_READERS: dict[str, Callable[[Path, Model], Iterator[Inputs]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _csv,
    "idx": _idx,
    ".png": _picture,
    ".jpg": _picture,
    ".jpeg": _picture,
}
