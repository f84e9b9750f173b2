"""Evaluate: how good a trained network is on a split of its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.build import read_dataset
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.dataset import Dataset, Split
from nnfs_cli.data.sources.base import Place
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.metrics import class_report, confusion_matrix, regression_report
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.sessions.measure import mean_metrics
from nnfs_cli.sessions.predictor import Predictor, load_predictor
from nnfs_cli.sessions.saved_config import saved_config


@dataclass(frozen=True)
class Evaluation:
    """What a network is worth on a split.

    Attributes:
        split: "train", "validation" or "test".
        report: the content of evaluation-<split>.json.
        confusion: (classes, classes) counts, row = true class, column = predicted class; None for regression.
        classes: their names.
        notes: warnings for people.
    """

    split: str
    report: dict[str, Any]
    confusion: Array | None
    classes: tuple[str, ...] | None
    notes: tuple[str, ...]


def evaluate(path: Path, place: Place, *, split: str = "test", overrides: Sequence[str] = ()) -> Evaluation:
    """Measure the network of a checkpoint.

    Args:
        path: a checkpoint file.
        place: where the data is.
        split: which part of the data.
        overrides: "dataset.key=value" options, to measure on other data of the same kind.

    Raises:
        CheckpointError: the checkpoint is damaged or was not made by a run.
        ConfigError: an override is not about the data.
        DataError: the data cannot be had, has no such split, or other shapes than the network.
    """
    saved = checkpoint.read(path)
    predictor = load_predictor(saved)
    dataset = _dataset(saved, place, overrides)
    examples = _examples(dataset, split, predictor)
    batches = Batches(examples, predictor.standardizer, predictor.network.dtype)
    means = mean_metrics(predictor.network, predictor.loss, batches, Alone())
    report = {
        "split": split,
        "checkpoint": str(path),
        "step": saved.state["training"]["step"],
        "examples": len(examples),
    }
    outputs = predictor.predict(examples.x)
    if predictor.facts.classes is None:
        return Evaluation(
            split, {**report, **means, **regression_report(outputs, examples.y)}, None, None, dataset.notes
        )
    classes = predictor.facts.classes
    confusion = confusion_matrix(outputs.argmax(axis=1), examples.y, len(classes))
    report |= {**means, "classes": class_report(confusion, classes)}
    return Evaluation(split, report, confusion, classes, dataset.notes)


def _dataset(saved: Checkpoint, place: Place, overrides: Sequence[str]) -> Dataset:
    for override in overrides:
        if not override.startswith("dataset."):
            raise ConfigError(f"--set {override}: evaluate takes keys of dataset only.")
    return read_dataset(saved_config(saved, overrides), place)


def _examples(dataset: Dataset, split: str, predictor: Predictor) -> Split:
    if split not in dataset.splits:
        has = ", ".join(dataset.splits)
        raise DataError(f"{dataset.source.type_name}: has no {split} split. It has: {has}. Choose one with --split.")
    if (dataset.facts.input_shape, dataset.facts.classes) != (predictor.facts.input_shape, predictor.facts.classes):
        raise DataError(
            f"{dataset.source.type_name}: has examples of shape {dataset.facts.input_shape} and "
            f"{dataset.facts.outputs} outputs; the network was trained on {predictor.facts.input_shape} and "
            f"{predictor.facts.outputs}."
        )
    return dataset.splits[split]
