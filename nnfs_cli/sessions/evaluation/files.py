"""Evaluation files: what a measurement leaves in the directory of the run."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nnfs_cli.runs import durable, files
from nnfs_cli.runs.spreadsheet import cells as cells_of
from nnfs_cli.sessions import pictures
from nnfs_cli.sessions.evaluation.evaluate import Evaluation

LARGEST = 1 << 24
Cells = Callable[[list[Any]], list[Any]]
AS_THEY_ARE: Cells = cells_of(harmless=False)


def write_evaluation(
    evaluation: Evaluation, run: Path, draw: pictures.DrawAll = pictures.here, cells: Cells = AS_THEY_ARE
) -> tuple[str, ...]:
    """Leave a result in the directory of the run.

    Args:
        draw: `pictures.here`, or what `pictures.ahead` makes.
        cells: what is done to the cells of the table.

    Returns:
        Warnings.

    Raises:
        MachineError: a file cannot be written.
    """
    name = _free_name(evaluation, run)
    durable.replace(run / f"evaluation-{name}.json", json.dumps(evaluation.report, indent=2) + "\n")
    drawings, title = evaluation.drawings(), f"{run.name}, {_what_was_measured(evaluation)}"
    drawn = draw([(*things, title) for things in drawings.values()])
    durable.replace(run / f"mistakes-{name}.csv", _table_of_mistakes(evaluation, cells))
    if evaluation.confusion is not None:
        durable.replace(run / f"confusion-{name}.csv", _confusion_table(evaluation, cells))
    if "mistakes" not in drawings:
        durable.remove(run / f"mistakes-{name}.png")
    warnings = (pictures.leave(run / f"{kind}-{name}.png", of) for kind, of in zip(drawings, drawn, strict=True))
    return (*itertools.chain(*warnings),)


def _what_was_measured(evaluation: Evaluation) -> str:
    """The split, another file than that of the training, and whether examples were augmented."""
    averaged = "views" in evaluation.report
    name = evaluation.name.removesuffix("-augmented") if averaged else evaluation.name
    another = "" if name == evaluation.split else f" of {name.removeprefix(evaluation.split + '-')}"
    return f"{evaluation.split} split{another}{', augmented' if averaged else ''}"


def _free_name(evaluation: Evaluation, folder: Path) -> str:
    """The name of a result's files, numbered where it is taken by another file that is called the same."""
    for number in itertools.count(1):
        name = evaluation.name if number == 1 else f"{evaluation.name}-{number}"
        written = folder / f"evaluation-{name}.json"
        if (
            evaluation.name == evaluation.split
            or not os.path.lexists(written)
            or _data_of(written) == evaluation.report["data"]
        ):
            return name
    raise AssertionError("there is always another number")


def _data_of(written: Path) -> str | None:
    """The file that an earlier result measured; None if that cannot be told."""
    try:
        return json.loads(files.read(written, LARGEST))["data"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _confusion_table(evaluation: Evaluation, cells: Cells) -> Iterator[bytes]:
    """The lines of the table, which is complete and never held as a whole."""
    yield _line(cells(["true \\ predicted", *evaluation.classes]))
    for name, counts in zip(evaluation.classes, evaluation.confusion.rows(), strict=True):
        yield _line(cells([name, *counts.tolist()]))


def _table_of_mistakes(evaluation: Evaluation, cells: Cells) -> Iterator[bytes]:
    """The lines of the table; a header alone where there are no mistakes."""
    found = evaluation.mistakes
    yield _line(cells(["source", *found.head]))
    for source, row in zip(found.sources(), found.cells, strict=True):
        yield _line(cells([source, *row]))


def _line(row: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode(errors="backslashreplace")
