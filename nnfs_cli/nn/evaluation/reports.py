"""Reports: all figures of a split at once, in float64, whatever the network computes in."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

import numpy as np

from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.metrics.base import Metric, RankingMetric, SummedMetric, fitting
from nnfs_cli.nn.shapes import Array

Figures = dict[str, float | None]
TOGETHER = 8
"""Classes whose probabilities are gathered at once: those of an example lie side by side in memory."""


def class_report(confusion: Confusion, names: tuple[str, ...]) -> list[dict[str, float | str | int | None]]:
    """Precision, recall and F1 of every class; None where nothing was there to divide by."""
    rows = zip(names, confusion.hits, confusion.examples, confusion.answers, strict=True)
    return [_class_row(name, int(hit), int(true), int(predicted)) for name, hit, true, predicted in rows]


def class_figures(outputs: Outputs, target: Array) -> Figures:
    """Every metric of classes, from the outputs for all examples and their classes (N,)."""
    classes = len(outputs.ranks)
    metrics = [kind(np.zeros(classes), np.ones(classes)) for kind in fitting(classes=classes)]
    ranked = [metric for metric in metrics if isinstance(metric, RankingMetric)]
    figures = figures_by_class(ranked, outputs.probabilities, target, range(classes))
    found = {metric.type_name: metric.value(row) for metric, row in zip(ranked, figures, strict=True)}
    found |= _summed(metrics, outputs, target)
    return {metric.type_name: found[metric.type_name] for metric in metrics}


def value_figures(values: Array, target: Array) -> tuple[Figures, list[Figures]]:
    """Every metric of values, averaged over targets, and those of each target, from arrays (N, targets, ...).

    A channel of an image is a target.
    """
    target = target.astype(np.float64)
    sums = ValueSums(target.mean(axis=(0, *range(2, target.ndim))), math.prod(target.shape[2:]))
    sums.add(values, target)
    return sums.figures()


class ValueSums:
    """What every metric of values adds up, over all targets and over each, some examples at a time.

    Args:
        centre: (targets,), about the mean of each: what squares are kept about.
        pixels: how many values there are of each target.
    """

    def __init__(self, centre: Array, pixels: int):
        self._parts = [slice(None), *(slice(k, k + 1) for k in range(len(centre)))]
        self._metrics = [
            [kind(centre[part], np.ones_like(centre[part]), pixels) for kind in fitting(classes=None)]
            for part in self._parts
        ]
        self._sums = [[np.zeros(metric.width) for metric in metrics] for metrics in self._metrics]
        self._examples = 0

    def add(self, values: Array, target: Array) -> None:
        """Take in arrays (N, targets, ...), both float64."""
        self._examples += len(values)
        for part, metrics, sums in zip(self._parts, self._metrics, self._sums, strict=True):
            flat = [of[:, part].reshape(len(of), -1).T for of in (values, target)]
            outputs = Outputs(flat[0], np.copy)
            for metric, so_far in zip(metrics, sums, strict=True):
                so_far += metric.sums(outputs, flat[1])

    def figures(self) -> tuple[Figures, list[Figures]]:
        """Every metric, averaged over targets, and those of each target."""
        found = [
            {m.type_name: m.value(of, self._examples) for m, of in zip(metrics, sums, strict=True)}
            for metrics, sums in zip(self._metrics, self._sums, strict=True)
        ]
        return found[0], found[1:]


def figures_by_class(
    metrics: Sequence[RankingMetric], probabilities: Array, target: Array, wanted: Container[int]
) -> Array:
    """The figure of each metric and each class against the rest, (metrics, classes); 0 for what is not wanted.

    Args:
        probabilities: of all examples, (classes, N).
        target: their classes, (N,).
        wanted: the classes to look at. Of two classes the second one tells all.
    """
    classes = len(probabilities)
    figures = np.zeros((len(metrics), classes))
    for start in range(1 if classes == 2 else 0, classes, TOGETHER):
        block = [k for k in range(start, min(start + TOGETHER, classes)) if k in wanted]
        for k, p in zip(block, np.ascontiguousarray(probabilities[block]), strict=True):
            ranking = Ranking.of(p, target == k)
            figures[:, k] = [metric.of_class(ranking) for metric in metrics]
    return figures


def _summed(metrics: Sequence[Metric], outputs: Outputs, target: Array) -> Figures:
    summed = [metric for metric in metrics if isinstance(metric, SummedMetric)]
    return {metric.type_name: metric.value(metric.sums(outputs, target), target.shape[-1]) for metric in summed}


def _class_row(name: str, hit: int, true: int, predicted: int) -> dict[str, float | str | int | None]:
    precision = hit / predicted if predicted else None
    recall = hit / true if true else None
    f1 = 2 * hit / (true + predicted) if true + predicted else None
    return {"class": name, "examples": true, "precision": precision, "recall": recall, "f1": f1}
