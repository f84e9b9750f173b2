"""Balanced accuracy: the accuracy if all classes were equally frequent."""

from __future__ import annotations

from nnfs_cli.nn.metrics.base import CountMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("balanced_accuracy")
class BalancedAccuracy(CountMetric):
    """The mean recall of the classes that occur, as in scikit-learn. Brodersen et al. 2010."""

    title, short = "Balanced accuracy", "bac"
    is_share = True

    def of_counts(self, right: Array, true: Array, decided: Array) -> float:
        there = true > 0
        return float((right[there] / true[there]).mean())
