"""Evaluate: how good a trained network is on a split of its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.spec import Examples
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.confusion import Confusion
from nnfs_cli.nn.reports import balanced_accuracy, class_report, regression_report
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.threshold import EVEN
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.predictor import Predictor, load_predictor
from nnfs_cli.saved.snapshot import step_of
from nnfs_cli.sessions.evaluation.saved_split import SavedSplit, saved_split
from nnfs_cli.training.measure import mean_loss, scores_of

FIXED = ("target", "drop", "task", "standardize", "target_transform", "channels", "augment")


@dataclass(frozen=True)
class Evaluation:
    """What a network is worth on a split.

    Attributes:
        split: "train", "validation" or "test".
        name: of the files of the result: the split, and the name of the file if it is not that of the training.
        report: the content of evaluation-<split>.json.
        confusion: which classes are taken for which; None for regression.
        classes: their names.
        notes: warnings for people.
    """

    split: str
    name: str
    report: dict[str, Any]
    confusion: Confusion | None
    classes: tuple[str, ...] | None
    notes: tuple[str, ...]


def evaluate(path: Path, locator: Locator, *, split: str = "test", overrides: Sequence[str] = ()) -> Evaluation:
    """Measure the network of a checkpoint.

    Args:
        path: a checkpoint file.
        locator: where the data is.
        split: which part of the data.
        overrides: "dataset.key=value" options, to measure on other data of the same kind.

    Raises:
        CheckpointError: the checkpoint is damaged or was not made by a run.
        ConfigError: an override is not about the data.
        DataError: the data cannot be had, has no such split, or other shapes than the network.
    """
    for override in overrides:
        if not override.startswith("dataset."):
            raise ConfigError(f"--set {override}: expected a key of dataset, such as --set dataset.test=FILE.")
        if override.partition("=")[0].removeprefix("dataset.").partition(".")[0] in FIXED:
            raise ConfigError(f"--set {override}: was decided by the training and cannot be changed. Leave it out.")
    saved = checkpoint.read(path)
    predictor = load_predictor(saved)
    measured = saved_split(saved, predictor.preparation, locator, split, overrides)
    report = {
        "split": split,
        "checkpoint": str(path),
        "step": step_of(saved),
        "data": measured.file,
        "sha256": measured.fingerprint["sha256"],
        "examples": len(measured.examples),
    }
    scores, loss = _scores(predictor, measured)
    known = {"split": split, "name": measured.name, "notes": measured.notes}
    classes, y = predictor.spec.classes, measured.examples.y
    if classes is None:
        shape = predictor.spec.output_shape
        figures = regression_report(*(of.reshape(-1, *shape) for of in (predictor.answers(scores), y)))
        return Evaluation(report=report | {"loss": loss} | figures, confusion=None, classes=None, **known)
    confusion = Confusion.count(predictor.ranked(scores).argmax(axis=1), y, len(classes))
    figures = {"loss": loss, "accuracy": int(confusion.hits.sum()) / len(y)}
    if predictor.threshold != EVEN:
        figures |= {"threshold": predictor.threshold, "balanced_accuracy": balanced_accuracy(confusion)}
    figures["classes"] = class_report(confusion, classes)
    return Evaluation(report=report | figures, confusion=confusion, classes=classes, **known)


def _scores(predictor: Predictor, measured: SavedSplit) -> tuple[Array, float]:
    """The output of the network for each example, (N, outputs), and the mean loss.

    Raises:
        DataError: an output or the loss is not finite.
    """
    examples: Examples = measured.examples
    with np.errstate(over="ignore", invalid="ignore"):
        batches = Batches(examples.x, examples.y, predictor.preparation, predictor.network.dtype)
        scores = scores_of(predictor.network, batches)
        loss = mean_loss(predictor.loss, scores, batches)
    if not (np.isfinite(loss) and np.isfinite(scores).all()):
        raise DataError(
            f"{measured.file}: holds numbers that are too large for the network: its loss is {loss}. "
            "Rescale the values, or train on similar data."
        )
    return scores, loss
