"""Accuracy: the share of examples that are classified right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("accuracy")
class Accuracy(Metric):
    """The share of examples whose largest score is at their class."""

    title, short = "Accuracy", "acc"
    takes_classes = higher_is_better = headline = is_share = True

    def sums(self, scores: Array, target: Array) -> list[float]:
        return [float(np.count_nonzero(scores.argmax(axis=0) == target))]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(sums[0]) / examples
