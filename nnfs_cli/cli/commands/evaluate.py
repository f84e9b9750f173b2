"""nnfs evaluate: measure a trained network on a split of its data."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.cli.tables.figures import figure
from nnfs_cli.text import counted, shown

if TYPE_CHECKING:
    from nnfs_cli.sessions.evaluation.evaluate import Evaluation

MOST_MISTAKES = 10_000


@click.command(cls=options.Helpful, short_help="Measure a trained network on a split of its data.")
@click.argument("run", type=options.RunType())
@click.option("--split", type=click.Choice(["train", "validation", "test"]), default="test", show_default=True)
@options.set_option("Override a key of the data, such as dataset.test=march.csv. May be given again.")
@options.AUGMENT
@click.option(
    "--mistakes",
    "worst",
    type=click.IntRange(0, MOST_MISTAKES),
    default=50,
    show_default=True,
    help="How many of the worst examples mistakes-<split>.csv lists, at most.",
)
@options.RUNS_DIR
@options.DATA_DIR
@options.SPREADSHEET
@options.JSON
def command(
    run: str,
    split: str,
    overrides: tuple[str, ...],
    augment: bool,
    worst: int,
    runs_dir: Path,
    data_dir: Path,
    spreadsheet: bool,
    as_json: bool,
) -> None:
    """Measure the network of RUN and print the result.

    RUN is a run directory (its best checkpoint is taken), the name of a run, or a checkpoint file. Columns, classes and
    standardization are those of the checkpoint. The result is also written into the run directory, as
    evaluation-<split>.json, with mistakes-<split>.csv, the wrong answers that the network is surest of or the values
    that are furthest off, and with pictures: for classes confusion-<split>.csv and .png, roc-<split>.png,
    calibration-<split>.png and, of images, mistakes-<split>.png; for values predicted-<split>.png, and for images that
    are reconstructed reconstructions-<split>.png. Files of a result on another file than the run's own are called
    evaluation-<split>-<file>.json and so on, those of --augment evaluation-<split>-augmented.json.

    \b
    Example:
      nnfs evaluate runs/mnist_dense-1 --split test
      nnfs evaluate runs/csv_regression-1 --set dataset.test=march.csv
    """
    options.fix_blas_threads(1)
    from nnfs_cli.runs.directory import find_checkpoint, run_of
    from nnfs_cli.runs.spreadsheet import cells
    from nnfs_cli.sessions import pictures

    checkpoint = find_checkpoint(run, runs_dir)
    files = run_of(checkpoint)
    with pictures.ahead(pictures.picture) if files else contextlib.nullcontext() as draw:
        from nnfs_cli.sessions.evaluation.evaluate import evaluate
        from nnfs_cli.sessions.evaluation.files import write_evaluation

        locator = options.locator(data_dir)
        evaluation = evaluate(checkpoint, locator, split=split, overrides=overrides, augment=augment, worst=worst)
        for note in evaluation.notes:
            terminal.warn(note)
        try:
            if as_json:
                terminal.answer_json(evaluation.report)
            else:
                terminal.answer("\n".join(_lines(evaluation)))
        finally:
            if files is not None:
                for warning in write_evaluation(evaluation, files.path, draw, cells(harmless=spreadsheet)):
                    terminal.warn(warning)


def _lines(evaluation: Evaluation) -> list[str]:
    report = evaluation.report
    examples = counted(report["examples"], f"{evaluation.split} example") + f" of {shown(report['data'])}"
    views = [f"the mean answer to {report['views']} versions of each"] if "views" in report else []
    lines = [f"{examples}, checkpoint of step {report['step']:,}", *views, *_figures(report)]
    if evaluation.confusion is not None:
        return [*lines, *_decided(evaluation), _mistakes(evaluation), "", _table_of_classes(report["classes"])]
    return [*lines, "", _table_of_targets(report["targets"])] if "targets" in report else lines


def _figures(report: dict[str, Any]) -> list[str]:
    """Accuracy and loss of classes, and a line for each other figure, under the name that it has in a configuration."""
    from nnfs_cli.registry import METRICS

    first = ["accuracy", "loss"] if "accuracy" in report else []
    names = [name for name in (*(name for name in report if name in METRICS), "loss") if name not in first]
    width = max(map(len, names))
    together = [", ".join(f"{name} {figure(name, report[name])}" for name in first)] * bool(first)
    return [*together, *(f"{name:<{width}}  {figure(name, report[name])}" for name in names)]


def _table_of_classes(classes: list[dict[str, Any]]) -> str:
    rows = [
        (
            shown(row["class"]),
            f"{row['examples']:,}",
            *(terminal.percent(row[key]) for key in ("precision", "recall", "f1")),
        )
        for row in classes
    ]
    return terminal.table(("class", "examples", "precision", "recall", "F1"), rows)


def _table_of_targets(targets: list[dict[str, Any]]) -> str:
    names = [name for name in targets[0] if name != "target"]
    rows = [(shown(row["target"]), *(figure(name, row[name]) for name in names)) for row in targets]
    return terminal.table(("target", *names), rows)


def _mistakes(evaluation: Evaluation) -> str:
    """How many answers are wrong, and the one that the network was surest of."""
    found, examples = evaluation.mistakes, counted(evaluation.report["examples"], "example")
    if not found.count:
        return f"none of {examples} is taken for another class"
    wrong = f"{found.count:,} of {examples} taken for another class"
    if not found.cells:
        return wrong
    said, true, probability = found.cells[0]
    first = f"{shown(found.sources()[0])}, {shown(true)} taken for {shown(said)} ({terminal.percent(probability)})"
    return f"{wrong}, most surely {first}"


def _decided(evaluation: Evaluation) -> list[str]:
    """From which probability on the second of two classes was the answer, where that was not the likelier one."""
    if "threshold" not in evaluation.report:
        return []
    return [f"{shown(evaluation.classes[1])} where its probability is above {evaluation.report['threshold']:.6g}"]
