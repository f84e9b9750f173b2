"""nnfs predict: ask a trained network."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.parameters import LARGEST

if TYPE_CHECKING:
    from nnfs_cli.cli.predictions import Writer
    from nnfs_cli.sessions.predict import Answers

FORMATS = ("csv", "jsonl", "npy")


@click.command(cls=options.Helpful, short_help="Ask a trained network about examples.")
@click.argument("run", type=options.RunType())
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--output", type=options.PathType(), help="Write the answers to a file.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="[default: by the name of --output, else csv]")
@click.option("--top", type=click.IntRange(1, LARGEST), default=1, show_default=True, help="How many classes to tell.")
@options.SPREADSHEET
@options.RUNS_DIR
def command(
    run: str,
    inputs: tuple[str, ...],
    output: Path | None,
    form: str | None,
    top: int,
    spreadsheet: bool,
    runs_dir: Path,
) -> None:
    """Print what the network of RUN says of every example in the INPUTs, one row each.

    An INPUT is a .npy, .npz, .csv or IDX file, a picture (PNG, JPEG, WebP, BMP, GIF's first frame, TIFF), a folder of
    those, or - for CSV rows on standard input. Images are brought to the size and channels of the network. MNIST's
    digits are white on black: so must yours be.

    \b
    Example:
      nnfs predict runs/mnist_dense-1 digit.png --top 3
      head -100 rows.csv | nnfs predict runs/csv_regression-1 - --output answers.jsonl
    """
    options.fix_blas_threads(1)
    from nnfs_cli.cli.predictions import writer_for
    from nnfs_cli.runs import checkpoint
    from nnfs_cli.runs.directory import find_checkpoint
    from nnfs_cli.sessions.predict import predict
    from nnfs_cli.sessions.predictor import load_predictor

    form = form or _form_of(output)
    if form == "npy" and output is None:
        raise click.UsageError("--format npy is not text: give --output FILE with it.")
    predictor = load_predictor(checkpoint.read(find_checkpoint(run, runs_dir)))
    writer = writer_for(form, predictor.preparation, top, spreadsheet=spreadsheet)
    answers = predict(predictor, inputs, sys.stdin)
    if output is None:
        _print(writer, answers)
    else:
        _write(writer, answers, output)


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lstrip(".").lower() if output is not None else ""
    return suffix if suffix in FORMATS else "csv"


def _print(writer: Writer, answers: Iterator[Answers]) -> None:
    """Print answers as they come, until nobody reads them any more."""
    with contextlib.suppress(BrokenPipeError):
        for piece in _pieces(writer, answers):
            terminal.answer_text(piece)


def _write(writer: Writer, answers: Iterator[Answers], output: Path) -> None:
    """Write a file when all answers have come, or not at all; what is no file, such as a pipe, keeps its place."""
    from nnfs_cli.runs import durable, files

    content = writer.whole(list(_pieces(writer, answers)))
    if _may_be_replaced(output):
        durable.replace(files.target(output), content)
    else:
        with durable.explained(output):
            output.write_bytes(content)


def _may_be_replaced(output: Path) -> bool:
    """Whether a new file may take its place: not that of a pipe, a folder, or anything in /dev, such as /dev/stdout."""
    return (output.is_file() or not output.exists()) and Path("/dev") not in output.parents


def _pieces(writer: Writer, answers: Iterator[Answers]) -> Iterator[str]:
    for batch in answers:
        for warning in batch.warnings:
            terminal.warn(warning)
        yield writer.add(batch)
