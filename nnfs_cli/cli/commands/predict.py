"""nnfs predict: ask a trained network."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.errors import DataError, MachineError
from nnfs_cli.parameters import LARGEST
from nnfs_cli.text import counted

if TYPE_CHECKING:
    from nnfs_cli.sessions.predict import Answers

FORMATS = ("csv", "jsonl", "npy")
OTHERS = (
    *("bz2", "feather", "gz", "h5", "json", "npz", "ods", "parquet", "pkl", "tsv", "xls", "xlsx", "xml", "xz", "zip"),
    "zst",
)
"""Endings of files of formats that are not written."""


@click.command(cls=options.Helpful, short_help="Ask a trained network about examples.")
@click.argument("run", type=options.RunType())
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--output", type=options.PathType(), help="Write the answers to a file.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="[default: by the name of --output, else csv]")
@click.option("--top", type=click.IntRange(1, LARGEST), default=1, show_default=True, help="How many classes to tell.")
@click.option("--strict", is_flag=True, help="Answer nothing if there is an example that cannot be answered.")
@options.AUGMENT
@options.SPREADSHEET
@options.RUNS_DIR
def command(
    run: str,
    inputs: tuple[str, ...],
    output: Path | None,
    form: str | None,
    top: int,
    strict: bool,
    augment: bool,
    spreadsheet: bool,
    runs_dir: Path,
) -> None:
    """Print what the network of RUN says of every example in the INPUTs, one row each.

    An INPUT is a .npy, .npz, .csv, .tsv or IDX file, a picture (PNG, JPEG, WebP, BMP, GIF's first frame, TIFF), a
    folder of those, or - for CSV rows on standard input; for a model of tables a .txt file too. Images are brought to
    the size and channels of the network. Use white digits on a black background, as in MNIST.

    Of the rows of a table come along the columns that dataset.keep of the training names, and those that are called
    like identifiers; the column "note" says what the training never saw.

    An example that cannot be answered has the reason in the column "error" (nan in .npy); the others are answered, and
    the exit code is 3.

    \b
    Example:
      nnfs predict runs/mnist_dense-1 digit.png --top 3
      head -100 rows.csv | nnfs predict runs/csv_regression-1 - --output answers.jsonl
    """
    options.fix_blas_threads(1)
    from nnfs_cli.cli.predictions import held_back, writer_for
    from nnfs_cli.runs import checkpoint, durable, files
    from nnfs_cli.runs.directory import find_checkpoint
    from nnfs_cli.saved.augmented import augmented
    from nnfs_cli.saved.predictor import load_predictor
    from nnfs_cli.sessions.predict import predict

    form = form or _form_of(output)
    _refuse_input(output, inputs)
    if form == "npy" and output is None:
        raise click.UsageError("--format npy is not text: give --output FILE with it.")
    if output is None:
        terminal.require_output()
    path = find_checkpoint(run, runs_dir)
    _refuse_own(output, path)
    saved = checkpoint.read(path)
    predictor = load_predictor(saved)
    if augment:
        predictor = augmented(predictor, saved)
    replaced = output is not None and _may_be_replaced(output)
    writer = writer_for(form, predictor.preparation, top, spreadsheet=spreadsheet, errors=not strict)
    tally = Tally(predict(predictor, inputs, sys.stdin, strict=strict))
    held = not replaced and (strict or form == "npy")
    pieces = held_back(writer, tally) if held else writer.pieces(tally)
    if output is None:
        _print(pieces)
    elif replaced:
        durable.replace(files.target(output), pieces, writer.head)
    else:
        _fill(pieces, output)
    tally.refuse_errors()


class Tally:
    """Answers on their way to a writer: their warnings are told, those that are none are counted.

    Raises:
        MachineError: the system refuses what the answers are made from.
    """

    def __init__(self, answers: Iterator[Answers]):
        self._answers = answers
        self._examples, self._errors, self._first, self._whole = 0, 0, "", False

    def __iter__(self) -> Iterator[Answers]:
        try:
            for some in self._answers:
                self._count(some)
                yield some
        except OSError as error:
            raise MachineError(f"{error.filename or 'system'}: {error.strerror or error}.") from error
        self._whole = True

    def _count(self, answers: Answers) -> None:
        for warning in answers.warnings:
            terminal.warn(warning)
        if answers.errors:
            self._first = self._first or answers.errors[min(answers.errors)]
        self._examples += len(answers.names)
        self._errors += len(answers.errors)

    def refuse_errors(self) -> None:
        """Say how many examples have no answer; where nobody read to the end, nobody asks.

        Raises:
            DataError: there are some.
        """
        if self._errors and self._whole:
            first = ": " if self._errors == 1 else ", the first: "
            of = f"{self._errors:,} of {counted(self._examples, 'example')}"
            raise DataError(f"{of} could not be answered{first}{self._first}")


def _refuse_own(output: Path | None, checkpoint: Path) -> None:
    """Refuse to write answers in the place of the checkpoint that gives them, or of a file of its run.

    Raises:
        UsageError: it is one.
    """
    from nnfs_cli.runs.directory import run_of

    if output is None:
        return
    place, checkpoint = output.resolve(), checkpoint.resolve()
    run = run_of(checkpoint)
    own = {checkpoint} if run is None else {run.config, run.metrics, run.steps, run.summary, run.curves}
    if place in own or (run is not None and place.parent == run.checkpoints):
        of = checkpoint if run is None else run.path
        raise click.UsageError(f"--output {output}: is a file of {of}, which would be lost. Choose another name.")


def _refuse_input(output: Path | None, inputs: tuple[str, ...]) -> None:
    """Refuse to write answers in the place of what they answer.

    Raises:
        UsageError: an input is the same file.
    """
    for path in map(Path, inputs) if output is not None and output.is_file() else ():
        if path.is_file() and path.samefile(output):
            raise click.UsageError(f"--output {output}: is an input, which would be lost. Choose another name.")


def _form_of(output: Path | None) -> str:
    """The format that a name asks for.

    Raises:
        UsageError: it is none that is written.
    """
    suffix = output.suffix.lstrip(".").lower() if output is not None else ""
    if suffix in OTHERS:
        raise click.UsageError(f"--output {output}: .{suffix} cannot be written. Give --format {' or '.join(FORMATS)}.")
    return suffix if suffix in FORMATS else "csv"


def _print(pieces: Iterator[bytes]) -> None:
    """Print answers as they come, until nobody reads them any more."""
    with contextlib.suppress(BrokenPipeError):
        for piece in pieces:
            terminal.answer_text(piece.decode())


def _fill(pieces: Iterator[bytes], output: Path) -> None:
    """Write into what is no file, such as a pipe, which keeps its place."""
    from nnfs_cli.runs import durable

    with durable.explained(output), open(output, "wb") as file:
        file.writelines(pieces)


def _may_be_replaced(output: Path) -> bool:
    """Whether a new file may take its place: not that of a pipe, a folder, or anything in /dev, such as /dev/stdout."""
    return (output.is_file() or not output.exists()) and Path("/dev") not in output.parents
