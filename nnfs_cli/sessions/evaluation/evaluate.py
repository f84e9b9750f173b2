"""Evaluate: how good a trained network is on a split of its data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.reports import Figures, class_figures, class_report, value_figures
from nnfs_cli.nn.evaluation.threshold import EVEN
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.augmented import augmented
from nnfs_cli.saved.predictor import Predictor, load_predictor
from nnfs_cli.saved.snapshot import step_of
from nnfs_cli.sessions.evaluation import mistakes
from nnfs_cli.sessions.evaluation.drawings import Drawings, of_classes, of_values
from nnfs_cli.sessions.evaluation.mistakes import Mistakes
from nnfs_cli.sessions.evaluation.reconstruction import drawn, reconstruct
from nnfs_cli.sessions.evaluation.saved_split import SavedSplit, saved_split
from nnfs_cli.sessions.outcome import only_answer_note
from nnfs_cli.training.measure import mean_loss

Report = dict[str, Any]
FIXED = (
    *("target", "drop", "task", "standardize", "target_transform", "channels", "augment", "columns", "decimal"),
    *("thousands", "na_values", "split", "group", "weight", "fold", "folds"),
)


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
        mistakes: the worst examples.
        drawings: works out what the pictures show, which may take as long as the figures.
    """

    split: str
    name: str
    report: dict[str, Any]
    confusion: Confusion | None
    classes: tuple[str, ...] | None
    notes: tuple[str, ...]
    mistakes: Mistakes
    drawings: Callable[[], Drawings]


def evaluate(
    path: Path,
    locator: Locator,
    *,
    split: str = "test",
    overrides: Sequence[str] = (),
    augment: bool = False,
    worst: int = mistakes.USUAL,
) -> Evaluation:
    """Measure the network of a checkpoint.

    Args:
        path: a checkpoint file.
        locator: where the data is.
        split: which part of the data.
        overrides: "dataset.key=value" options, to measure on other data of the same kind.
        augment: measure the mean answer to versions of each example.
        worst: how many of the worst examples are listed, at most.

    Raises:
        CheckpointError: the checkpoint is damaged or was not made by a run.
        ConfigError: an override is not about the data, or there are no versions of the examples.
        DataError: the data cannot be had, has no such split, or other shapes than the network.
    """
    for override in overrides:
        if not override.startswith("dataset."):
            raise ConfigError(f"--set {override}: expected a key of dataset, such as --set dataset.test=FILE.")
        if override.partition("=")[0].removeprefix("dataset.").partition(".")[0] in FIXED:
            raise ConfigError(f"--set {override}: was decided by the training and cannot be changed. Leave it out.")
    saved = checkpoint.read(path)
    predictor = load_predictor(saved)
    if augment:
        predictor = augmented(predictor, saved)
    measured = saved_split(saved, predictor.preparation, locator, split, overrides)
    report = {
        "split": split,
        "checkpoint": str(path),
        "step": step_of(saved),
        "data": measured.file,
        "sha256": measured.fingerprint["sha256"],
        "examples": len(measured.examples),
        **({"views": len(predictor.views)} if augment else {}),
    }
    name = f"{measured.name}-augmented" if augment else measured.name
    known = {"split": split, "name": name, "notes": measured.notes}
    if predictor.spec.reconstruction:
        return _of_reconstruction(predictor, measured, report, known, worst)
    scores, loss = _scores(predictor, measured)
    judge = _of_values if predictor.spec.classes is None else _of_classes
    return judge(predictor, scores, measured, report | {"loss": loss}, known, worst)


def _of_classes(
    predictor: Predictor, scores: Array, measured: SavedSplit, report: Report, known: dict[str, Any], worst: int
) -> Evaluation:
    classes, y = predictor.spec.classes, measured.examples.y
    outputs = Outputs(scores.T, predictor.loss.activate, predictor.ranked(scores).T)
    confusion = Confusion.count(outputs.decisions, y, len(classes))
    report |= {"threshold": predictor.threshold} if predictor.threshold != EVEN else {}
    report |= {**class_figures(outputs, y), "classes": class_report(confusion, classes)}
    wrong = mistakes.of_classes(measured, predictor.preparation, outputs, worst)
    known["notes"] = (*known["notes"], *only_answer_note(outputs.decisions, y, classes))

    def drawings() -> Drawings:
        sheet = {"mistakes": ("mistakes", wrong.things)} if wrong.things else {}
        return of_classes(outputs, y, confusion, classes) | sheet

    return Evaluation(report=report, confusion=confusion, classes=classes, mistakes=wrong, drawings=drawings, **known)


def _of_values(
    predictor: Predictor, scores: Array, measured: SavedSplit, report: Report, known: dict[str, Any], worst: int
) -> Evaluation:
    shape, names = predictor.spec.output_shape, _names_of_targets(predictor.spec)
    values, target = (of.reshape(-1, *shape) for of in (predictor.answers(scores), measured.examples.y))
    figures, by_target = value_figures(values, target)
    report |= {**figures, **_targets(names, by_target)}
    said = ("value",) if predictor.spec.outputs == 1 and not predictor.spec.targets else names
    furthest = mistakes.of_values(measured, values, said, worst)
    drawings = functools.partial(of_values, values, target, names, by_target)
    return Evaluation(report=report, confusion=None, classes=None, mistakes=furthest, drawings=drawings, **known)


def _of_reconstruction(
    predictor: Predictor, measured: SavedSplit, report: Report, known: dict[str, Any], worst: int
) -> Evaluation:
    with np.errstate(over="ignore", invalid="ignore"):
        found = reconstruct(predictor, measured.examples)
    if not found.finite:
        raise _too_large(measured, found.loss)
    names = _names_of_targets(predictor.spec)
    report |= {"loss": found.loss, **found.figures, **_targets(names, found.by_target)}
    furthest = mistakes.of_errors(measured, found.error, worst)
    drawings = functools.partial(drawn, predictor, measured.examples, found.error)
    return Evaluation(report=report, confusion=None, classes=None, mistakes=furthest, drawings=drawings, **known)


def _targets(names: Sequence[str], figures: Sequence[Figures]) -> Report:
    """What a report says of each of several targets."""
    rows = [{"target": name, **row} for name, row in zip(names, figures, strict=True)]
    return {"targets": rows} if len(rows) > 1 else {}


def _names_of_targets(spec: DataSpec) -> tuple[str, ...]:
    """What the values to predict are called: as they are named, or else as `predict` calls them; channels of images."""
    count, word = spec.output_shape[0], "value" if len(spec.output_shape) == 1 else "channel"
    return (
        spec.targets if spec.targets and len(spec.targets) == count else tuple(f"{word}_{k + 1}" for k in range(count))
    )


def _scores(predictor: Predictor, measured: SavedSplit) -> tuple[Array, float]:
    """The output of the network for each example, (N, outputs), and the mean loss.

    Raises:
        DataError: an output or the loss is not finite.
    """
    examples: Examples = measured.examples
    with np.errstate(over="ignore", invalid="ignore"):
        batches = Batches(examples.x, examples.y, predictor.preparation, predictor.network.dtype)
        scores = predictor.scores(examples.x)
        loss = mean_loss(predictor.loss, scores, batches)
        answers = predictor.answers(scores)
    if not (np.isfinite(loss) and np.isfinite(scores).all() and np.isfinite(answers).all()):
        raise _too_large(measured, loss)
    return scores, loss


def _too_large(measured: SavedSplit, loss: float) -> DataError:
    return DataError(
        f"{measured.file}: holds numbers that are too large for the network: its loss is {loss}. "
        "Rescale the values, or train on similar data."
    )
