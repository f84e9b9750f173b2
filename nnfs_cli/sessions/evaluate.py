"""Evaluate: how good a trained network is on a split of its data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.build import read_dataset
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.dataset import Dataset, Facts, Split
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
from nnfs_cli.sessions.snapshot import step_of


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
    dataset = _dataset(saved, place, overrides, predictor.facts)
    examples = _examples(dataset, split)
    means, outputs = _measured(predictor, examples, dataset)
    report = {
        "split": split,
        "checkpoint": str(path),
        "step": step_of(saved),
        "examples": len(examples),
    }
    if predictor.facts.classes is None:
        return Evaluation(
            split, {**report, **means, **regression_report(outputs, examples.y)}, None, None, dataset.notes
        )
    classes = predictor.facts.classes
    confusion = confusion_matrix(outputs.argmax(axis=1), examples.y, len(classes))
    report |= {**means, "classes": class_report(confusion, classes)}
    return Evaluation(split, report, confusion, classes, dataset.notes)


def _dataset(saved: Checkpoint, place: Place, overrides: Sequence[str], known: Facts) -> Dataset:
    """The data, looked at before it is read: a shape out of proportion costs nothing."""
    for override in overrides:
        if not override.startswith("dataset."):
            raise ConfigError(f"--set {override}: evaluate takes keys of dataset only.")
    config = saved_config(saved, overrides)
    _refuse_other_kind(config.dataset.type, config.dataset.make().facts(place), known)
    dataset = read_dataset(config, place)
    _refuse_other_kind(dataset.source.type_name, dataset.facts, known)
    return dataset


def _refuse_other_kind(name: str, facts: Facts, known: Facts) -> None:
    if (facts.input_shape, facts.classes) != (known.input_shape, known.classes):
        raise DataError(
            f"{name}: has examples of shape {facts.input_shape} and {facts.outputs} outputs; the network was trained "
            f"on {known.input_shape} and {known.outputs}."
        )


def _examples(dataset: Dataset, split: str) -> Split:
    if split not in dataset.splits:
        has = ", ".join(dataset.splits)
        raise DataError(f"{dataset.source.type_name}: has no {split} split. It has: {has}. Choose one with --split.")
    return dataset.splits[split]


def _measured(predictor: Predictor, examples: Split, dataset: Dataset) -> tuple[dict[str, float], Array]:
    """The mean loss and metrics, and what the network says of each example.

    Raises:
        DataError: a loss or an output is not finite.
    """
    batches = Batches(examples, predictor.standardizer, predictor.network.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        means = mean_metrics(predictor.network, predictor.loss, batches, Alone())
        outputs = predictor.predict(examples.x)
    if not (math.isfinite(means["loss"]) and np.isfinite(outputs).all()):
        raise DataError(
            f"{dataset.source.type_name}: holds numbers that are too large for the network: its loss is "
            f"{means['loss']}. Mend them, or train on data like these."
        )
    return means, outputs
