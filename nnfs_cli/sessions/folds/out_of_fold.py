"""Out of fold: what is said of each example by the network that has not learned from it."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnfs_cli.build import locator_of
from nnfs_cli.data.dataset import what_changed
from nnfs_cli.data.inputs.places import places
from nnfs_cli.data.sources.base import Locator, Source
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.data.splits.division import parts_of_fold
from nnfs_cli.errors import DataError
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.reports import class_figures, value_figures
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs import checkpoint, durable
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.runs.directory import find_checkpoint
from nnfs_cli.runs.folds import FoldsDirectory
from nnfs_cli.saved.config import saved_config
from nnfs_cli.saved.predictor import Predictor, load_predictor
from nnfs_cli.text import unique

ROWS = 4096
"""So many lines are written at once."""


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """The answers to all examples of the training files, in their order.

    Attributes:
        spec: what the answers mean.
        source, locator, places: where each example stands.
        folds: the fold that held it out, (N,).
        y: the true answers, (N,) class numbers or (N, outputs) values.
        said: what the network says, (N,) class numbers or (N, outputs) values.
        outputs: the probabilities of all classes (N, classes), or the values.
    """

    spec: DataSpec
    source: Source
    locator: Locator
    places: Array
    folds: Array
    y: Array
    said: Array
    outputs: Array

    def figures(self) -> dict[str, float | None]:
        """The figures over all examples at once."""
        if self.spec.classes is not None:
            ranks = self.outputs.T.copy()
            ranks[self.said, np.arange(len(self.said))] += 1
            return class_figures(Outputs(self.outputs.T, np.copy, ranks), self.y)
        shape = self.spec.output_shape
        return value_figures(*(of.reshape(-1, *shape) for of in (self.outputs, self.y)))[0]

    def write(self, folder: FoldsDirectory) -> None:
        """Leave a table with a row for each example.

        Raises:
            MachineError: the disk refuses.
        """
        durable.replace(folder.answers, self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        name_of, cells_of = self.source.names(self.locator, self.spec), _classes if self.spec.classes else _values
        yield _text([_head(self.spec)])
        for start in range(0, len(self.y), ROWS):
            block = range(start, min(start + ROWS, len(self.y)))
            yield _text([[name_of(int(self.places[k])), int(self.folds[k]), *cells_of(self, k)] for k in block])


def out_of_fold(folder: FoldsDirectory, folds: int, locator: Locator) -> OutOfFold:
    """Ask the best checkpoint of each fold about the examples that it held out.

    Raises:
        CheckpointError: one of them is damaged.
        DataError: the data is not what it was.
    """
    paths = [find_checkpoint(str(folder.run(fold)), folder.path) for fold in range(1, folds + 1)]
    first = checkpoint.read(paths[0])
    config, known = saved_config(first), load_predictor(first).preparation
    source, locator = config.dataset.make(), locator_of(config, locator)
    train = source.load(locator, known=known, only="train").splits["train"]
    file, answers = source.file("train", locator), _Answers(train, known.spec)
    for fold, path in enumerate(paths, 1):
        saved = first if fold == 1 else checkpoint.read(path)
        _, rows = parts_of_fold(train, config.data.split, fold, folds)
        predictor = load_predictor(saved)
        answers.add(fold, rows, predictor, _as_then(predictor, train.take(rows), saved, f"{file}: fold {fold}"))
    where = places(source, locator, known, len(train))
    if len(where) != len(train):
        raise DataError(f"{file}: was changed while it was read. Put the old file back.")
    return OutOfFold(known.spec, source, locator, where, answers.folds, train.y, answers.said, answers.outputs)


class _Answers:
    """What the folds say, put together."""

    def __init__(self, train: Examples, spec: DataSpec):
        self.folds = np.zeros(len(train), np.int64)
        self.outputs = np.empty((len(train), spec.outputs))
        self.said = np.zeros(len(train), np.int64)

    def add(self, fold: int, rows: Array, predictor: Predictor, x: Array) -> None:
        scores = predictor.scores(x)
        self.folds[rows], self.said[rows] = fold, predictor.ranked(scores).argmax(axis=1)
        self.outputs[rows] = predictor.answers(scores)


def _as_then(predictor: Predictor, held: Examples, saved: Checkpoint, what: str) -> Array:
    """The inputs of the examples that a fold held out, which are those that it was trained beside.

    Raises:
        DataError: they are others.
    """
    held = dataclasses.replace(held, x=predictor.preparation.filled(held.x))
    digests = saved.state.get("digests")
    if changed := what_changed(held.fingerprint(), digests.get("test") if isinstance(digests, dict) else None):
        raise DataError(f"{what} is not the data that it was trained beside: {changed}. Put the old files back.")
    return held.x


def _head(spec: DataSpec) -> list[str]:
    """The names of the columns, each of them once: the second one that is called alike gets a number."""
    if spec.classes is not None:
        names = ["true", "label", "probability", *(f"p_{name}" for name in spec.classes)]
    else:
        numbered = ["value"] if spec.outputs == 1 else [f"value_{k + 1}" for k in range(spec.outputs)]
        said = list(spec.targets or numbered)
        names = [*(f"true_{name}" for name in said), *said]
    return unique(["source", "fold", *names])


def _classes(answers: OutOfFold, k: int) -> list[str | float]:
    classes, p, said = answers.spec.classes or (), answers.outputs[k].tolist(), answers.said[k]
    return [classes[answers.y[k]], classes[said], p[said], *p]


def _values(answers: OutOfFold, k: int) -> list[float]:
    return [*answers.y[k].tolist(), *answers.outputs[k].tolist()]


def _text(rows: list[list]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(errors="backslashreplace")
