"""Macro F1: the mean over classes of the F1 score, rare classes counting as much as frequent ones."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.metrics.base import CountMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("macro_f1")
class MacroF1(CountMetric):
    """The mean over all classes of 2 right / (true + decided), 0 for a class that is neither there nor decided for.

    As f1_score(labels=all classes, average="macro", zero_division=0) of scikit-learn.
    """

    title, short = "Macro F1", "F1"
    is_share = True

    def of_counts(self, right: Array, true: Array, decided: Array) -> float:
        return float((2 * right / np.maximum(true + decided, 1)).mean())
