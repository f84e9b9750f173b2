"""Chosen: which metrics a training measures, and whether they fit what it predicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnfs_cli.config import Training
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.metrics.base import Metric, RankingMetric, fitting, kinds_for
from nnfs_cli.registry import METRICS
from nnfs_cli.training.records import LOSS, Monitor


def chosen(training: Training, preparation: Preparation, *, validated: bool) -> tuple[Metric, ...]:
    """The metrics that a training measures.

    Args:
        validated: whether there are examples that are held out.

    Raises:
        ConfigError: some of them cannot be measured; all are told.
    """
    classes = preparation.spec.classes and len(preparation.spec.classes)
    problems = problems_of(training, classes=classes, validated=validated)
    if lines := [f"{key.removeprefix('training.')}: {problem}" for key, problem in problems]:
        raise ConfigError(*lines)
    return preparation.metrics(names_of(training, classes=classes is not None))


def names_of(training: Training, *, classes: bool) -> tuple[str, ...]:
    """What is measured beside the loss: what was asked for, or else is usual, and what epochs are judged by."""
    asked = training.metrics
    names = [kind.type_name for kind in kinds_for(classes=classes)] if asked is None else asked
    return tuple(dict.fromkeys([*names, *(figure for _, (_, figure) in monitors(training) if figure != LOSS)]))


def monitors(training: Training) -> Iterator[tuple[str, Monitor]]:
    """What epochs are judged by, with the keys that say so."""
    yield "training.monitor", Monitor.parse(training.monitor)
    if training.early_stopping is not None:
        yield "training.early_stopping.monitor", Monitor.parse(training.early_stopping.monitor)


def problems_of(training: Training, *, classes: int | None, validated: bool) -> Iterator[tuple[str, str]]:
    """What cannot be measured, and why, as keys and sentences.

    Args:
        classes: how many there are; None where values are predicted.
        validated: whether there are examples that are held out.
    """
    names = training.metrics or ()
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield "training.metrics", f"names {name} more than once. Leave one out."
    for name in dict.fromkeys(names):
        if reason := _misfit(name, classes) or ("" if validated else _unvalidated(name)):
            yield "training.metrics", reason
    for key, (split, figure) in monitors(training):
        if figure == LOSS:
            continue
        if reason := _misfit(figure, classes):
            yield key, f"{reason} Write {split}_ before it, or use {split}_{LOSS}."
        elif split == "train" and issubclass(METRICS[figure], RankingMetric):
            yield (
                key,
                f"{figure} is not measured on the batches of a training, over which it does not add up. "
                + (f"Use val_{figure}." if validated else f"Use train_{LOSS}."),
            )
        elif not validated and (reason := _unvalidated(figure)):
            yield key, reason


def first_of(metrics: Sequence[Metric], training: Training) -> Metric | None:
    """The metric to look at first: that by which epochs are judged, or else the usual one, or else the first."""
    judged = next((figure for _, (_, figure) in monitors(training) if figure != LOSS), LOSS)
    ranks = [(metric.type_name != judged, not metric.headline) for metric in metrics]
    return metrics[ranks.index(min(ranks))] if ranks else None


def _misfit(name: str, classes: int | None) -> str:
    """Why a metric cannot be measured, and which can; nothing if it can."""
    kind, fit = METRICS[name], fitting(classes=classes)
    if kind in fit:
        return ""
    names = ", ".join(kind.type_name for kind in fit)
    if kind.takes_classes != (classes is not None):
        wanted, got = ("classes", "values") if kind.takes_classes else ("values", "classes")
        return f"{name} is a metric of {wanted}, and {got} are predicted. Choose among {names}."
    return f"{name} takes at least {kind.least_classes} classes, there are {classes}. Choose among {names}."


def _unvalidated(name: str) -> str:
    """Why a metric cannot be measured without examples that are held out; nothing if it can."""
    if not issubclass(METRICS[name], RankingMetric):
        return ""
    return f"{name} is measured on the validation split alone, and there is none. Hold examples out with validation."
