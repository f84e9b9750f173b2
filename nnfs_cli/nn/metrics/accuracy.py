"""Accuracy: the share of examples that are classified right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import SummedMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("accuracy")
class Accuracy(SummedMetric):
    """The share of examples that are taken for their class."""

    title, short = "Accuracy", "acc"
    takes_classes = higher_is_better = usual = headline = is_share = True

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        return [float(np.count_nonzero(outputs.decisions == target))]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(sums[0]) / examples
