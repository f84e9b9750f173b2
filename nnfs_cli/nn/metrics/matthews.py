"""Matthews: the correlation between the true classes and the decided ones."""

from __future__ import annotations

import math

from nnfs_cli.nn.metrics.base import CountMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("matthews")
class Matthews(CountMetric):
    """(c s - t.p) / sqrt((s^2 - p.p) (s^2 - t.t)), with c right of s examples, t true and p decided of each class.

    Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient". From -1 to 1; 0 where
    one class alone is true or decided, as in scikit-learn.
    """

    title, short = "Matthews", "MCC"

    def of_counts(self, right: Array, true: Array, decided: Array) -> float:
        examples = true.sum()
        squares = (examples**2 - decided @ decided) * (examples**2 - true @ true)
        return float((right.sum() * examples - true @ decided) / math.sqrt(squares)) if squares else 0.0
