"""Metric: a figure that tells how good predictions are, and the kinds of numbers that it is made of."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


class Metric(ABC):
    """A figure over many examples. What it is made of is told by the classes below, one of which every metric extends.

    Args:
        centre: (targets,), the mean of each value to predict in the training, in the units of the scores: sums of
            squares are kept about it, so that a large mean costs no digits. For classes, zeros (classes,).
        deviation: (targets,), what one unit of a score is in the units of the target.
        pixels: how many outputs there are of each target: 1, or those of a channel where an image is predicted.
        mean: (targets,), what a score of 0 is in the units of the target; 0 if left out.

    Attributes:
        type_name: what it is called in metrics.csv, behind "train_" or "val_", and as a monitor.
        title: above its panel in a picture.
        short: above its column in a table of 80 characters, at most 4 letters.
        takes_classes: whether it is measured where classes are predicted, or values.
        higher_is_better: whether a larger value is the better one.
        usual: whether it is measured in a training that does not say what to measure.
        headline: whether it is the one to look at first.
        is_share: whether it lies between 0 and 1 and is shown in percent.
        least_classes: the fewest classes with which it says anything.
        baseline: what answering the mean of all targets gives, if that is the same for all data.
    """

    type_name: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    takes_classes: ClassVar[bool]
    higher_is_better: ClassVar[bool]
    usual: ClassVar[bool] = False
    headline: ClassVar[bool] = False
    is_share: ClassVar[bool] = False
    least_classes: ClassVar[int] = 2
    baseline: ClassVar[float | None] = None

    def __init__(self, centre: Array, deviation: Array, pixels: int = 1, mean: Array | None = None):
        self.centre, self.deviation, self.pixels = centre, deviation, pixels
        self.mean = np.zeros_like(deviation) if mean is None else mean


class SummedMetric(Metric):
    """A figure made of float64 sums, which add up over batches and workers."""

    @property
    def width(self) -> int:
        """How many numbers add up."""
        return 1

    @abstractmethod
    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        """`width` numbers from the outputs for N examples and their target, as the loss takes it, summed in float64.

        The outputs of one target follow each other.
        """

    @abstractmethod
    def value(self, sums: Sequence[float], examples: int) -> float | None:
        """The figure from the sums over so many examples; None where it is not defined."""


class InUnits(SummedMetric):
    """A metric of values in the units of their targets, which are no straight function of what the network learns.

    Args:
        metric: made for those units.
        invert: what turns what the network learns (N, outputs) into them, float64.
    """

    def __init__(self, metric: SummedMetric, invert: Callable[[Array], Array]):
        super().__init__(metric.centre, metric.deviation, metric.pixels)
        self._metric, self._invert = metric, invert
        for name in ("type_name", "title", "short", "takes_classes", "higher_is_better", "headline", "baseline"):
            setattr(self, name, getattr(metric, name))

    @property
    def width(self) -> int:
        return self._metric.width

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        scores, values = (self._invert(of.T.astype(np.float64)).T for of in (outputs.scores, target))
        return self._metric.sums(Outputs(scores, np.copy), values)

    def value(self, sums: Sequence[float], examples: int) -> float | None:
        """The figure; None where an answer is beyond all numbers, too."""
        value = self._metric.value(sums, examples)
        return value if value is not None and math.isfinite(value) else None


class CountMetric(SummedMetric):
    """A figure of what is right and wrong in each class: 3 counts a class, not a square of classes."""

    takes_classes = higher_is_better = True

    @property
    def width(self) -> int:
        return 3 * len(self.centre)

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        right = target[outputs.decisions == target]
        counts = [np.bincount(of, minlength=len(self.centre)) for of in (right, target, outputs.decisions)]
        return np.concatenate(counts).astype(np.float64).tolist()

    def value(self, sums: Sequence[float], examples: int) -> float:
        return self.of_counts(*np.reshape(sums, (3, -1)))

    @abstractmethod
    def of_counts(self, right: Array, true: Array, decided: Array) -> float:
        """The figure.

        Args:
            right: examples of each class that are taken for it, (classes,) float64.
            true: examples of each class.
            decided: examples that are taken for each class.
        """


class ErrorMetric(SummedMetric):
    """The mean of a function of the error of each target, averaged over targets as scikit-learn's `uniform_average`."""

    takes_classes = higher_is_better = False

    @property
    def width(self) -> int:
        return len(self.centre)

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(np.mean(self.of_means(np.asarray(sums) / (examples * self.pixels))))

    def of_means(self, means: Array) -> Array:
        """The figure of each target, (targets,), from its mean over examples and pixels."""
        return means

    def by_target(self, x: Array) -> Array:
        """(outputs, N) as (targets, values of each)."""
        return x.reshape(len(self.centre), x.size // len(self.centre))


class RankingMetric(Metric):
    """A figure of the order of all examples, each class against the rest, which does not add up over batches.

    It takes the probabilities of all examples at once, so it is measured on the validation split after an epoch, not on
    the batches of the training.
    """

    takes_classes = higher_is_better = True

    @abstractmethod
    def of_class(self, ranking: Ranking) -> float:
        """The figure of one class; NaN where it is not defined."""

    def value(self, figures: Array) -> float | None:
        """The mean over classes (classes,), None where one is not defined; of two classes the figure of the second."""
        value = float(figures[1] if len(figures) == 2 else figures.mean())
        return None if math.isnan(value) else value


def kinds_for(*, classes: bool) -> list[type[Metric]]:
    """What is measured unless a training says otherwise; the one to look at first comes last."""
    kinds = [kind for kind in fitting(classes=2 if classes else None) if kind.usual]
    return sorted(kinds, key=lambda kind: kind.headline)


def fitting(*, classes: int | None) -> list[type[Metric]]:
    """All metrics of so many classes, or of values, the one to look at first before the others.

    Args:
        classes: None where values are predicted.
    """
    kinds = [kind for _, kind in METRICS.items() if kind.takes_classes == (classes is not None)]
    kinds = [kind for kind in kinds if classes is None or classes >= kind.least_classes]
    return sorted(kinds, key=lambda kind: not kind.headline)


def squares(x: Array, rows: int) -> Array:
    """The sum of squares of each of so many parts of x that follow each other, (rows,) float64."""
    parts = x.reshape(rows, x.size // rows)
    return np.einsum("ij,ij->i", parts, parts, dtype=np.float64)
