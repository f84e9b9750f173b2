"""Inputs: what people hand to `nnfs predict`, as a model takes it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from nnfs_cli.data.array_keys import examples_in
from nnfs_cli.data.arrays import array_names, read_array
from nnfs_cli.data.bit_depth import BitDepth
from nnfs_cli.data.examples import as_numbers, first_not_finite
from nnfs_cli.data.folders import files_below, left_out
from nnfs_cli.data.idx import read_idx
from nnfs_cli.data.input_rows import InputRows
from nnfs_cli.data.input_shape import brought_to
from nnfs_cli.data.pictures import SUFFIXES, read_picture
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.remarks import Remarks
from nnfs_cli.data.scales import refuse_other_scale
from nnfs_cli.data.table import open_text
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

KINDS = f".npy, .npz, .csv, {', '.join(SUFFIXES)}, .idx or -ubyte (.gz too)"


@dataclasses.dataclass(frozen=True, eq=False)
class Inputs:
    """Some examples of one input.

    Attributes:
        names: where each comes from: a path, or `path[index]`, counted from 0.
        x: (n, *input_shape), uint8, float32 or float64; finite.
        warnings: for people; each appears once.
    """

    names: list[str]
    x: Array
    warnings: tuple[str, ...] = ()


def read_inputs(paths: Sequence[str], preparation: Preparation, stdin: TextIO) -> Iterator[Inputs]:
    """The examples of all inputs in turn: files, folders of files in alphabetical order, and "-" for CSV on `stdin`.

    Args:
        preparation: of the model that predicts; pictures are brought to its shape, arrays and rows must have it.

    Raises:
        DataError: an input is missing, damaged, empty, of another size, or not finite; raised when its turn comes.
    """
    seen = set[str]()
    for path in paths:
        found = _rows(stdin, "stdin", preparation) if path == "-" else _anything(Path(path), preparation)
        for inputs in found:
            fresh = tuple(warning for warning in inputs.warnings if warning not in seen)
            seen.update(fresh)
            yield dataclasses.replace(inputs, warnings=fresh)


def _anything(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    if not os.path.isdir(path):
        yield from _file(path, preparation)
        return
    found = files_below(path)
    files = [entry for entry in found if _kind(entry) in _READERS and entry.is_file()]
    known = set(files)
    if not files:
        raise DataError(f"{path}: holds no inputs. Expected files that end in {KINDS}.")
    warnings = left_out(path, [entry for entry in found if entry not in known], "of no known kind")
    for file in files:
        for inputs in _file(file, preparation):
            yield dataclasses.replace(inputs, warnings=(*warnings, *inputs.warnings))
            warnings = ()


def _file(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    if not os.path.exists(path):
        raise DataError(f"{path}: there is no such file. Correct the path.")
    kind = _kind(path)
    if kind not in _READERS:
        raise DataError(f"{path}: is of no known kind. Expected a name that ends in {KINDS}.")
    return _READERS[kind](path, preparation)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return "idx" if name.endswith(("ubyte", ".idx")) else path.suffix.lower()


def _npy(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    yield from _array(path, read_array(path), preparation)


def _npz(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    name = examples_in(path)
    taken = () if name == "x" or len(array_names(path)) == 1 else (f"{path}: {shown(name)} is taken for the examples",)
    for inputs in _array(path, read_array(path, name), preparation):
        yield dataclasses.replace(inputs, warnings=(*taken, *inputs.warnings))


def _idx(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    yield from _array(path, read_idx(path), preparation)


def _array(path: Path, array: Array, preparation: Preparation) -> Iterator[Inputs]:
    x = brought_to(preparation.facts.input_shape, as_numbers(array, str(path)), str(path))
    yield _examples(str(path), x, 0, preparation, Remarks(str(path), preparation))


def _csv(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    with open_text(path) as stream:
        yield from _rows(stream, str(path), preparation)


def _rows(stream: TextIO, where: str, preparation: Preparation) -> Iterator[Inputs]:
    rows, remarks, start = InputRows(stream, where, preparation), Remarks(where, preparation), 0
    for x in rows.blocks():
        inputs = _examples(where, x, start, preparation, remarks)
        yield dataclasses.replace(inputs, warnings=(*rows.warnings, *inputs.warnings))
        start += len(x)


def _examples(where: str, x: Array, start: int, preparation: Preparation, remarks: Remarks) -> Inputs:
    """Inputs of an array of the right shape, whose first example is number `start` of its file."""
    if (bad := first_not_finite(x)) is not None:
        row, *place = bad
        raise DataError(f"{where}[{start + row}]: feature {tuple(place)}: expected a finite number, got {x[bad]}.")
    refuse_other_scale(where, x, preparation)
    return Inputs([f"{where}[{start + row}]" for row in range(len(x))], x, remarks.on(x, start))


def _picture(path: Path, preparation: Preparation) -> Iterator[Inputs]:
    shape = preparation.facts.input_shape
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
    "idx": _idx,
    **dict.fromkeys(SUFFIXES, _picture),
}
