"""Inputs: what people hand to `nnfs predict`, as a model takes it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from nnfs_cli.data.formats.array_keys import examples_in
from nnfs_cli.data.formats.arrays import array_names, stored_array
from nnfs_cli.data.formats.folders import files_below, is_file, left_out
from nnfs_cli.data.formats.idx import stored_idx
from nnfs_cli.data.inputs.arrays import InputArray
from nnfs_cli.data.inputs.remarks import Remarks
from nnfs_cli.data.inputs.rows import InputRows
from nnfs_cli.data.pictures.bit_depth import BitDepth
from nnfs_cli.data.pictures.picture import SUFFIXES, read_picture
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.scales import Limits, refuse_other_limits
from nnfs_cli.data.tables.table import open_text
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

KINDS = f".npy, .npz, .csv, .tsv, {', '.join(SUFFIXES)}, .idx or -ubyte (.gz too)"


@dataclasses.dataclass(frozen=True, eq=False)
class Inputs:
    """Some examples of one input.

    Attributes:
        names: where each comes from: a path, or `path[index]`, counted from 0. An input of which nothing more can be
            read is one example that cannot be answered.
        x: (n, *input_shape), uint8, float32 or float64; finite, zeros where an example cannot be answered.
        warnings: for people; each appears once.
        errors: why an example cannot be answered, by its place among the names.
        notes: what is unlike the training in an example that is answered nevertheless, by its place.
        kept: cells that are carried into the answers, by the name of their column, in the order of the names.
    """

    names: list[str]
    x: Array
    warnings: tuple[str, ...] = ()
    errors: Mapping[int, str] = dataclasses.field(default_factory=dict)
    notes: Mapping[int, str] = dataclasses.field(default_factory=dict)
    kept: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


def read_inputs(paths: Sequence[str], preparation: Preparation, stdin: TextIO) -> Iterator[Inputs]:
    """The examples of all inputs in turn: files, folders of files in alphabetical order, and "-" for CSV on `stdin`.

    Args:
        preparation: of the model that predicts; pictures are brought to its shape, arrays and rows must have it.
    """
    seen = set[str]()
    for path in paths:
        found = _rows(stdin, "stdin", preparation) if path == "-" else _anything(Path(path), preparation)
        for inputs in _with_error("stdin" if path == "-" else path, found, preparation):
            fresh = tuple(warning for warning in inputs.warnings if warning not in seen)
            seen.update(fresh)
            yield dataclasses.replace(inputs, warnings=fresh)


def _with_error(where: str, found: Iterator[Inputs], preparation: Preparation) -> Iterator[Inputs]:
    """The examples of an input, and one that cannot be answered in the place of all that cannot be read."""
    try:
        yield from found
    except DataError as error:
        yield Inputs([where], np.zeros((1, *preparation.spec.input_shape)), errors={0: " ".join(error.lines)})


def _anything(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    if not os.path.isdir(path):
        yield from _file(path, preparation)
        return
    found = files_below(path)
    files = [entry for entry in found if _kind(entry) in _READERS and is_file(entry)]
    known = set(files)
    if not files:
        raise DataError(f"{path}: holds no inputs. Expected files that end in {KINDS}.")
    warnings = left_out(path, [entry for entry in found if entry not in known], "of no known kind")
    for file in files:
        for inputs in _with_error(str(file), _file(file, preparation), preparation):
            yield dataclasses.replace(inputs, warnings=(*warnings, *inputs.warnings))
            warnings = ()


def _file(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    if not os.path.exists(path):
        raise DataError(f"{path}: there is no such file. Correct the path.")
    kind = _kind(path)
    if kind == ".txt" and preparation.columns is not None:
        kind = ".csv"
    if kind not in _READERS:
        raise DataError(f"{path}: is of no known kind. Expected a name that ends in {KINDS}.")
    yield from _READERS[kind](path, preparation)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return "idx" if name.endswith(("ubyte", ".idx")) else path.suffix.lower()


def _npy(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    yield from _array(InputArray(stored_array(path), str(path), preparation), preparation)


def _npz(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    name = examples_in(path, preparation.array)
    plain = name in ("x", preparation.array) or len(array_names(path)) == 1
    taken = () if plain else (f"{path}: {shown(name)} is taken for the examples",)
    for inputs in _array(InputArray(stored_array(path, name), str(path), preparation), preparation):
        yield dataclasses.replace(inputs, warnings=(*taken, *inputs.warnings))


def _idx(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    yield from _array(InputArray(stored_idx(path), str(path), preparation), preparation)


def _array(array: InputArray, preparation: Preparation) -> Iterator[Inputs]:
    remarks, start = Remarks(array.where, preparation), 0
    warnings = remarks.on_darkness(array.limits.high, array.dtype)
    for x, errors in array.blocks():
        inputs = _examples(array.where, x, start, errors, remarks)
        yield dataclasses.replace(inputs, warnings=(*warnings, *inputs.warnings))
        start += len(x)


def _csv(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    with open_text(path) as stream:
        yield from _rows(stream, str(path), preparation)


def _rows(stream: TextIO, where: str, preparation: Preparation) -> Iterator[Inputs]:
    """Examples of a table; the scale of its numbers is judged by all rows so far."""
    rows, remarks, start, limits = InputRows(stream, where, preparation), Remarks(where, preparation), 0, Limits()
    told = set[str]()
    for encoded in rows.blocks():
        x, errors = encoded.x, encoded.errors
        limits = limits.with_those_of(_usable(x, errors))
        refuse_other_limits(where, limits, x.dtype, preparation)
        dark = remarks.on_darkness(limits.high, x.dtype) if start == 0 else ()
        new = tuple(warning for name, warning in encoded.warnings.items() if name not in told)
        told.update(encoded.warnings)
        inputs = _examples(where, x, start, errors, remarks)
        warnings = (*rows.warnings, *dark, *new, *inputs.warnings)
        notes = _joined(encoded.notes, {} if preparation.columns is None else remarks.by_row(x))
        yield dataclasses.replace(inputs, warnings=warnings, notes=notes, kept=encoded.kept)
        start += len(x)


def _joined(notes: Mapping[int, str], more: Mapping[int, str]) -> dict[int, str]:
    """Both notes on each row."""
    return {row: "; ".join(one[row] for one in (notes, more) if row in one) for row in sorted({**notes, **more})}


def _examples(where: str, x: Array, start: int, errors: Mapping[int, str], remarks: Remarks) -> Inputs:
    """Inputs of an array of the right shape, whose first example is number `start` of its file."""
    numbers = [start + row for row in range(len(x)) if row not in errors]
    names = [f"{where}[{start + row}]" for row in range(len(x))]
    return Inputs(names, x, remarks.on_values(_usable(x, errors), numbers), errors)


def _usable(x: Array, errors: Mapping[int, str]) -> Array:
    return np.delete(x, list(errors), axis=0) if errors else x


def _picture(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    shape = preparation.spec.input_shape
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise DataError(f"{path}: the model takes arrays of shape {shape}, not pictures. Give .npy or .csv.")
    if preparation.white is None:
        raise DataError(
            f"{path}: the model was trained on numbers that are no pixels from black to white, so that a picture "
            "cannot be brought to them. Give .npy with numbers like those of the training."
        )
    depth = BitDepth(preparation.depth)
    x = read_picture(path, shape, depth)
    yield Inputs([str(path)], x[None], depth.warnings())


_READERS: dict[str, Callable[[Path, Preparation], Iterator[Inputs]]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _csv,
    ".tsv": _csv,
    "idx": _idx,
    **dict.fromkeys(SUFFIXES, _picture),
}
