"""nnfs evaluate: measure a trained network on a split of its data."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnfs_cli.cli import options, pictures, terminal
from nnfs_cli.cli.spreadsheet import cells
from nnfs_cli.text import counted, shown

if TYPE_CHECKING:
    from nnfs_cli.sessions.evaluate import Evaluation

LARGEST = 1 << 24
Cells = Callable[[list[Any]], list[Any]]


@click.command(cls=options.Helpful, short_help="Measure a trained network on a split of its data.")
@click.argument("run", type=options.RunType())
@click.option("--split", type=click.Choice(["train", "validation", "test"]), default="test", show_default=True)
@options.set_option("Override a key of the data, such as dataset.test=march.csv. May be given again.")
@options.RUNS_DIR
@options.DATA_DIR
@options.SPREADSHEET
@options.JSON
def command(
    run: str,
    split: str,
    overrides: tuple[str, ...],
    runs_dir: Path,
    data_dir: Path,
    spreadsheet: bool,
    as_json: bool,
) -> None:
    """Measure the network of RUN and print the result.

    RUN is a run directory (its best checkpoint is taken), the name of a run, or a checkpoint file. Columns, classes and
    standardization are those of the checkpoint. The result is also written into the run directory, as
    evaluation-<split>.json and, for classes, confusion-<split>.csv and .png; that on another file than the run's own
    as evaluation-<split>-<file>.json.

    \b
    Example:
      nnfs evaluate runs/mnist_dense-1 --split test
      nnfs evaluate runs/csv_regression-1 --set dataset.test=march.csv
    """
    options.fix_blas_threads(1)
    from nnfs_cli.runs.directory import find_checkpoint, run_of

    checkpoint = find_checkpoint(run, runs_dir)
    files = run_of(checkpoint)
    with pictures.ahead(_picture) if files else contextlib.nullcontext(_picture) as draw:
        from nnfs_cli.sessions.evaluate import evaluate

        evaluation = evaluate(checkpoint, options.place(data_dir), split=split, overrides=overrides)
        for note in evaluation.notes:
            terminal.warn(note)
        try:
            if as_json:
                terminal.answer_json(evaluation.report)
            else:
                terminal.answer("\n".join(_lines(evaluation)))
        finally:
            if files is not None:
                _write(evaluation, files.path, cells(harmless=spreadsheet), draw)


def _lines(evaluation: Evaluation) -> list[str]:
    report = evaluation.report
    examples = counted(report["examples"], f"{evaluation.split} example") + f" of {shown(report['data'])}"
    lines = [f"{examples}, checkpoint of step {report['step']:,}"]
    if evaluation.confusion is None:
        return [*lines, *(f"{name:<5} {terminal.number(report[name])}" for name in ("mse", "rmse", "mae", "r2"))]
    rows = [
        (
            shown(row["class"]),
            f"{row['examples']:,}",
            *(terminal.percent(row[key]) for key in ("precision", "recall", "f1")),
        )
        for row in report["classes"]
    ]
    return [
        *lines,
        f"accuracy {terminal.percent(report['accuracy'])}, loss {terminal.number(report['loss'])}",
        "",
        terminal.table(("class", "examples", "precision", "recall", "F1"), rows),
    ]


def _write(evaluation: Evaluation, folder: Path, cells: Cells, draw: pictures.Draw) -> None:
    """Leave the result in the run directory."""
    from nnfs_cli.runs import durable

    name = _free_name(evaluation, folder)
    durable.replace(folder / f"evaluation-{name}.json", json.dumps(evaluation.report, indent=2) + "\n")
    if evaluation.confusion is not None:
        durable.replace(folder / f"confusion-{name}.csv", _confusion_table(evaluation, cells))
        title = f"{folder.name}, {evaluation.split} split"
        things = (evaluation.confusion.to_json(), evaluation.classes, title)
        pictures.leave(folder / f"confusion-{name}.png", lambda: draw(*things))


def _picture(confusion: dict[str, Any], classes: Sequence[str], title: str) -> bytes:
    from nnfs_cli import plots
    from nnfs_cli.nn.confusion import Confusion

    return plots.confusion(Confusion.from_json(confusion), tuple(classes), title)


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
    from nnfs_cli.runs import files

    try:
        return json.loads(files.read(written, LARGEST))["data"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _confusion_table(evaluation: Evaluation, cells: Cells) -> Iterator[bytes]:
    """The lines of the table, which is complete and never held as a whole."""
    yield _line(cells(["true \\ predicted", *evaluation.classes]))
    for name, counts in zip(evaluation.classes, evaluation.confusion.rows(), strict=True):
        yield _line(cells([name, *counts.tolist()]))


def _line(row: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode(errors="backslashreplace")
