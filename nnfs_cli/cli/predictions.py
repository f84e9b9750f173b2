"""Predictions as text or as an array: a row for every example."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nnfs_cli.cli.spreadsheet import cells

if TYPE_CHECKING:
    from nnfs_cli.data.preparation import Preparation
    from nnfs_cli.nn.shapes import Array
    from nnfs_cli.sessions.predict import Answers


DIGITS, MOST_DIGITS = 6, 17


class Writer(Protocol):
    """Turns answers into a piece of the output, and all pieces into a file."""

    def add(self, answers: Answers) -> str: ...

    def whole(self, pieces: list[str]) -> bytes: ...


def writer_for(form: str, preparation: Preparation, top: int, *, spreadsheet: bool = False) -> Writer:
    """The writer of a format: csv (with texts that no spreadsheet calculates, if asked for), jsonl or npy."""
    if form == "npy":
        return NpyWriter()
    facts = preparation.facts
    rows = ClassRows(facts.classes, min(top, facts.outputs)) if facts.classes else ValueRows(preparation)
    return CsvWriter(rows, cells(harmless=spreadsheet)) if form == "csv" else JsonWriter(rows)


class ClassRows:
    """The most likely classes of an example and their probabilities."""

    def __init__(self, classes: tuple[str, ...], top: int):
        self.classes, self.top = classes, top
        self.head = ["label", "probability"]
        for place in range(2, top + 1):
            self.head += [f"label_{place}", f"probability_{place}"]

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
        facts, self._units = preparation.facts, preparation.transform.deviation
        numbered = ["value"] if facts.outputs == 1 else [f"value_{k + 1}" for k in range(facts.outputs)]
        self.head = list(facts.targets or numbered)

    def flat(self, scores: Array, values: Array) -> list[float]:
        """The values in their order."""
        return [_short(value, unit) for value, unit in zip(values, self._units, strict=True)]

    def record(self, scores: Array, values: Array) -> dict:
        """The same as keys and values."""
        return dict(zip(self.head, self.flat(scores, values), strict=True))


class CsvWriter:
    """A table with a header."""

    def __init__(self, rows: ClassRows | ValueRows, cells: Callable[[list], list]):
        self._rows, self._cells = rows, cells
        self._begun = False

    def add(self, answers: Answers) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if not self._begun:
            writer.writerow(self._cells(["source", *self._rows.head]))
        self._begun = True
        for name, scores, output in zip(answers.names, answers.scores, answers.outputs, strict=True):
            writer.writerow(self._cells([name, *self._rows.flat(scores, output)]))
        return text.getvalue()

    def whole(self, pieces: list[str]) -> bytes:
        return "".join(pieces).encode(errors="backslashreplace")


class JsonWriter:
    """An object a line."""

    def __init__(self, rows: ClassRows | ValueRows):
        self._rows = rows

    def add(self, answers: Answers) -> str:
        rows = zip(answers.names, answers.scores, answers.outputs, strict=True)
        lines = (json.dumps({"source": name, **self._rows.record(scores, output)}) for name, scores, output in rows)
        return "".join(f"{line}\n" for line in lines)

    def whole(self, pieces: list[str]) -> bytes:
        return "".join(pieces).encode(errors="backslashreplace")


class NpyWriter:
    """All outputs in one array, (N, outputs): probabilities or values."""

    def __init__(self) -> None:
        self._outputs: list[Array] = []

    def add(self, answers: Answers) -> str:
        self._outputs.append(answers.outputs)
        return ""

    def whole(self, pieces: list[str]) -> bytes:
        file = io.BytesIO()
        np.save(file, np.concatenate(self._outputs))
        return file.getvalue()


def _short(value: float, unit: float = 1.0) -> float:
    """Six digits: more than the arithmetic behind it can promise. A value beyond its unit gets six of the unit.

    Args:
        unit: what the network learned the value in, the deviation of its target: 1 for 1,000,000 +- 1.
    """
    beyond = math.log10(abs(value)) - math.log10(unit) if value else 0.0
    return float(f"{value:.{min(DIGITS + max(0, math.ceil(beyond)), MOST_DIGITS)}g}")
