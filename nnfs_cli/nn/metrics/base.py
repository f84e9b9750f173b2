"""Metric: a figure that tells how good predictions are, made of numbers that add up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


class Metric(ABC):
    """A figure over many examples, made of float64 sums over batches and workers.

    Args:
        centre: (targets,), the mean of each value to predict in the training, in the units of the scores: sums of
            squares are kept about it, so that a large mean costs no digits.
        deviation: (targets,), what one unit of a score is in the units of the target.
        pixels: how many outputs there are of each target: 1, or those of a channel where an image is predicted.

    Attributes:
        type_name: what it is called in metrics.csv, behind "train_" or "val_", and as a monitor.
        title: above its panel in a picture.
        short: above its column in a table of 80 characters.
        takes_classes: whether it is measured where classes are predicted, or values.
        higher_is_better: whether a larger value is the better one.
        headline: whether it is the one to look at first.
        is_share: whether it lies between 0 and 1 and is shown in percent.
        baseline: what answering the mean of all targets gives, if that is the same for all data.
        width: how many numbers add up.
    """

    type_name: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    takes_classes: ClassVar[bool]
    higher_is_better: ClassVar[bool]
    headline: ClassVar[bool] = False
    is_share: ClassVar[bool] = False
    baseline: ClassVar[float | None] = None
    width: int = 1

    def __init__(self, centre: Array, deviation: Array, pixels: int = 1):
        self.centre, self.deviation, self.pixels = centre, deviation, pixels

    @abstractmethod
    def sums(self, scores: Array, target: Array) -> list[float]:
        """`width` numbers from scores (outputs, N) and their target, as the loss takes them, summed in float64.

        The outputs of one target follow each other.
        """

    @abstractmethod
    def value(self, sums: Sequence[float], examples: int) -> float | None:
        """The figure from the sums over so many examples; None where it is not defined."""


def kinds_for(*, classes: bool) -> list[type[Metric]]:
    """What is measured where classes, or else values, are predicted; the one to look at first comes last."""
    kinds = [kind for _, kind in METRICS.items() if kind.takes_classes == classes]
    return sorted(kinds, key=lambda kind: kind.headline)


def squares(x: Array, rows: int) -> Array:
    """The sum of squares of each of so many parts of x that follow each other, (rows,) float64."""
    parts = x.reshape(rows, x.size // rows)
    return np.einsum("ij,ij->i", parts, parts, dtype=np.float64)
