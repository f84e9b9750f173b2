"""Metrics: how good predictions are, in the units that people compare."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnfs_cli.nn.confusion import Confusion
from nnfs_cli.nn.shapes import Array

CONSTANT = 1e-12


class Metric(ABC):
    """A figure over many examples, made of numbers that add up over batches and workers.

    Attributes:
        name: in metrics.csv, behind "train_" or "val_".
        higher_is_better: whether a larger value is the better one.
        width: how many numbers add up.
    """

    name: ClassVar[str]
    higher_is_better: ClassVar[bool]
    width: int = 1

    @abstractmethod
    def sums(self, scores: Array, target: Array) -> list[float]:
        """`width` numbers from scores (outputs, N) and their target, as the loss takes them, summed in float64."""

    @abstractmethod
    def value(self, sums: Sequence[float], examples: int) -> float | None:
        """The figure from the sums over so many examples; None where it is not defined."""


class Accuracy(Metric):
    """The share of examples whose largest score is at their class."""

    name, higher_is_better = "accuracy", True

    def sums(self, scores: Array, target: Array) -> list[float]:
        return [float(np.count_nonzero(scores.argmax(axis=0) == target))]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(sums[0]) / examples


class RMSE(Metric):
    """The root of the mean squared error over examples and outputs, in the units of the target.

    Args:
        deviation: (outputs,), what one unit of a score is in the units of the target.
    """

    name, higher_is_better = "rmse", False

    def __init__(self, deviation: Array):
        self._squared = deviation**2

    def sums(self, scores: Array, target: Array) -> list[float]:
        return [float(_squares(scores - target) @ self._squared)]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return math.sqrt(float(sums[0]) / (examples * len(self._squared)))


class R2(Metric):
    """R squared, 1 - residual / total sum of squares, averaged over outputs; None where a target never varies.

    Squares of targets are summed about a fixed centre near their mean, so that a large mean costs no digits.

    Args:
        centre: (outputs,), in the units of the scores.
    """

    name, higher_is_better = "r2", True

    def __init__(self, centre: Array):
        self._centre = centre[:, None]
        self.width = 3 * len(centre)

    def sums(self, scores: Array, target: Array) -> list[float]:
        distance = target - self._centre
        return [*_squares(scores - target).tolist(), *distance.sum(axis=1).tolist(), *_squares(distance).tolist()]

    def value(self, sums: Sequence[float], examples: int) -> float | None:
        residual, total, squares = np.reshape(sums, (3, -1))
        spread = squares - total**2 / examples
        return float(np.mean(1 - residual / spread)) if (spread > CONSTANT * squares).all() else None


def higher_is_better(name: str) -> bool:
    """Whether a larger value of the metric called `name`, or of the "loss", is the better one."""
    return any(metric.higher_is_better for metric in Metric.__subclasses__() if metric.name == name)


def _squares(x: Array) -> Array:
    """The sum of squares of each row, (rows,) float64."""
    return np.einsum("ij,ij->i", x, x, dtype=np.float64)


def class_report(confusion: Confusion, names: tuple[str, ...]) -> list[dict[str, float | str | int | None]]:
    """Precision, recall and F1 of every class; None where nothing was there to divide by."""
    rows = zip(names, confusion.hits, confusion.examples, confusion.answers, strict=True)
    return [_class_row(name, int(hit), int(true), int(predicted)) for name, hit, true, predicted in rows]


def regression_report(values: Array, target: Array) -> dict[str, float | None]:
    """Mean squared, root mean squared and mean absolute error, and R squared, over (N, outputs) arrays.

    Computed in float64. R squared is 1 - residual / total sum of squares, averaged over outputs; None if a target
    never varies.
    """
    target = target.astype(np.float64)
    error = values - target
    mse = float((error**2).mean())
    total = ((target - target.mean(axis=0)) ** 2).sum(axis=0)
    varies = (target != target[0]).any(axis=0).all()
    r2 = float((1 - (error**2).sum(axis=0) / total).mean()) if varies else None
    return {"mse": mse, "rmse": mse**0.5, "mae": float(np.abs(error).mean()), "r2": r2}


def _class_row(name: str, hit: int, true: int, predicted: int) -> dict[str, float | str | int | None]:
    precision = hit / predicted if predicted else None
    recall = hit / true if true else None
    f1 = 2 * hit / (true + predicted) if true + predicted else None
    return {"class": name, "examples": true, "precision": precision, "recall": recall, "f1": f1}
