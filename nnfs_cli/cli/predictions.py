"""Predictions as text or as an array: a row for every example."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nnfs_cli.runs.spreadsheet import cells

if TYPE_CHECKING:
    from nnfs_cli.data.preparation import Preparation
    from nnfs_cli.nn.shapes import Array, Shape
    from nnfs_cli.sessions.predict import Answers


DIGITS, MOST_DIGITS = 6, 17
HELD, PIECE = 8 << 20, 1 << 20


class Writer(Protocol):
    """Turns answers into pieces of the output, one after the other."""

    def pieces(self, answers: Iterable[Answers]) -> Iterator[bytes]: ...

    def head(self) -> bytes:
        """What takes the place of the first bytes when all pieces are there."""
        return b""


def writer_for(
    form: str,
    preparation: Preparation,
    top: int,
    *,
    spreadsheet: bool = False,
    errors: bool = True,
) -> Writer:
    """The writer of a format: csv (with texts that no spreadsheet calculates, if asked for), jsonl or npy.

    Args:
        errors: whether there may be examples without an answer.
    """
    spec = preparation.spec
    if form == "npy":
        return NpyWriter(spec.output_shape)
    rows = ClassRows(spec.classes, min(top, spec.outputs)) if spec.classes else ValueRows(preparation)
    names = Names(rows.head, preparation.keep, notes=preparation.columns is not None, errors=errors)
    if form == "jsonl":
        return JsonWriter(rows, names)
    return CsvWriter(rows, cells(harmless=spreadsheet), names)


class Names:
    """What the columns of an answer are called that are no targets; the word, with a number where it is taken.

    Args:
        taken: the names of the answers themselves.
        keep: names of columns that are carried along from every input, whether it has them or not.
        notes: whether there is a column for what is unlike the training.
        errors: whether there may be examples without an answer.
    """

    def __init__(self, taken: list[str], keep: Sequence[str] = (), *, notes: bool, errors: bool):
        self._taken, self.keep = list(taken), keep
        self.source, self.note, self.error = (self.free(word) for word in ("source", "note", "error"))
        self.notes, self.errors = notes, errors

    def free(self, word: str) -> str:
        """The word, or with a number where a column is called like it; the next one that asks gets another."""
        numbered = (word, *(f"{word}_{number}" for number in range(2, len(self._taken) + 3)))
        name = next(name for name in numbered if name not in self._taken)
        self._taken.append(name)
        return name


class ClassRows:
    """The most likely classes of an example and their probabilities."""

    def __init__(self, classes: tuple[str, ...], top: int):
        self.classes, self.top = classes, top
        self.head = ["label", "probability"]
        for position in range(2, top + 1):
            self.head += [f"label_{position}", f"probability_{position}"]

    def flat(self, scores: Array, probabilities: Array) -> list[str | float]:
        """label, probability, label, probability, ..., the likeliest first."""
        order = np.argsort(-scores, kind="stable")[: self.top]
        return [cell for k in order for cell in (self.classes[k], _short(probabilities[k]))]

    def record(self, scores: Array, probabilities: Array) -> dict:
        """The same as keys and values."""
        flat = self.flat(scores, probabilities)
        pairs = [{"label": flat[k], "probability": flat[k + 1]} for k in range(0, len(flat), 2)]
        return {**pairs[0], **({"top": pairs} if self.top > 1 else {})}


class ValueRows:
    """The values of an example, under the names of their targets where these have names."""

    def __init__(self, preparation: Preparation):
        spec = preparation.spec
        self._shape = spec.output_shape
        self._units = preparation.transform.units.repeat(math.prod(self._shape[1:]))
        numbered = ["value"] if spec.outputs == 1 else [f"value_{k + 1}" for k in range(spec.outputs)]
        self.head = list(spec.targets or numbered)

    def flat(self, scores: Array, values: Array) -> list[float]:
        """The values in their order."""
        return [_short(value, unit) for value, unit in zip(values, self._units, strict=True)]

    def record(self, scores: Array, values: Array) -> dict:
        """The same as keys and values; an image as lists within lists, channels first."""
        if len(self._shape) > 1:
            return {"image": np.reshape(self.flat(scores, values), self._shape).tolist()}
        return dict(zip(self.head, self.flat(scores, values), strict=True))


class CsvWriter(Writer):
    """A table with a header: source, the answer, what is carried along, note, error.

    Carried along are the columns that the training named, and those that the first input has beside them.
    """

    def __init__(self, rows: ClassRows | ValueRows, cells: Callable[[list], list], names: Names):
        self._rows, self._cells, self._names = rows, cells, names
        self._kept: list[str] | None = None

    def pieces(self, answers: Iterable[Answers]) -> Iterator[bytes]:
        for some in answers:
            head = [] if self._kept is not None else [self._head(list(some.kept))]
            yield self._text([*head, *(self._row(some, position) for position in range(len(some.names)))])
        if self._kept is None:
            yield self._text([self._head([])])

    def _head(self, kept: list[str]) -> list[str]:
        names = self._names
        self._kept = kept = [*dict.fromkeys([*names.keep, *kept])]
        last = [*[names.note] * names.notes, *[names.error] * names.errors]
        return [names.source, *self._rows.head, *map(names.free, kept), *last]

    def _row(self, answers: Answers, position: int) -> list:
        error = answers.errors.get(position)
        answer = self._rows.flat(answers.scores[position], answers.outputs[position]) if error is None else None
        kept = (answers.kept[name][position] if name in answers.kept else "" for name in self._kept or ())
        last = [*[answers.notes.get(position, "")] * self._names.notes, *[error or ""] * self._names.errors]
        return [answers.names[position], *(answer or [""] * len(self._rows.head)), *kept, *last]

    def _text(self, rows: list[list]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(self._cells, rows))
        return _encoded(text.getvalue())


class JsonWriter(Writer):
    """An object a line; that of an example without an answer has the reason in its place."""

    def __init__(self, rows: ClassRows | ValueRows, names: Names):
        self._rows, self._names, self._kept = rows, names, dict[str, str]()

    def pieces(self, answers: Iterable[Answers]) -> Iterator[bytes]:
        for some in answers:
            names = dict.fromkeys([*self._names.keep, *some.kept])
            self._kept |= {name: self._names.free(name) for name in names if name not in self._kept}
            lines = (json.dumps(self._record(some, position)) for position in range(len(some.names)))
            yield _encoded("".join(f"{line}\n" for line in lines))

    def _record(self, answers: Answers, position: int) -> dict:
        kept = {self._kept[name]: cells[position] for name, cells in answers.kept.items()}
        source = {self._names.source: answers.names[position]}
        if position in answers.errors:
            return {**source, **kept, self._names.error: answers.errors[position]}
        note = {self._names.note: answers.notes[position]} if position in answers.notes else {}
        answer = self._rows.record(answers.scores[position], answers.outputs[position])
        return {**source, **answer, **kept, **note}


class NpyWriter(Writer):
    """All outputs in one array, (N, *output_shape): probabilities or values, NaN for an example without an answer."""

    def __init__(self, output_shape: Shape):
        self._count, self._shape = 0, output_shape

    def pieces(self, answers: Iterable[Answers]) -> Iterator[bytes]:
        yield self.head()
        for some in answers:
            self._count += len(some.outputs)
            yield some.outputs.astype(np.float64, copy=False).tobytes()

    def head(self) -> bytes:
        """The header, as long for every number of examples."""
        return _header((self._count, *self._shape))


def held_back(writer: Writer, answers: Iterable[Answers]) -> Iterator[bytes]:
    """The whole output, the first piece of it when all answers have come; of text complete lines."""
    with tempfile.SpooledTemporaryFile(HELD) as file:
        for piece in writer.pieces(answers):
            file.write(piece)
        file.seek(0)
        file.write(head := writer.head())
        file.seek(0)
        while piece := file.read(PIECE) if head else b"".join(file.readlines(PIECE)):
            yield piece


def _header(shape: Shape) -> bytes:
    """How a .npy file of an array of this shape begins."""
    header, kind = io.BytesIO(), np.lib.format.dtype_to_descr(np.dtype(np.float64))
    np.lib.format.write_array_header_1_0(header, {"descr": kind, "fortran_order": False, "shape": shape})
    return header.getvalue()


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def _short(value: float, unit: float = 1.0) -> float:
    """Six digits: more than the arithmetic behind it can promise. A value beyond its unit gets six of the unit.

    Args:
        unit: what the network learned the value in, the deviation of its target: 1 for 1,000,000 +- 1.
    """
    beyond = math.log10(abs(value)) - math.log10(unit) if value else 0.0
    return float(f"{value:.{min(DIGITS + (math.ceil(beyond) if beyond > 0 else 0), MOST_DIGITS)}g}")
