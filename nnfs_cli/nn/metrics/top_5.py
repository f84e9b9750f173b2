"""Top 5: the share of examples whose class is among the five likeliest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import SummedMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS

PLACES = 5


@METRICS.register("top_5")
class Top5(SummedMetric):
    """The share of examples whose class has one of the five largest scores; of equal scores the last ones are taken.

    As top_k_accuracy_score(k=5) of scikit-learn. Of five classes or fewer it would always be 1.
    """

    title, short = "Top-5 accuracy", "top"
    takes_classes = higher_is_better = is_share = True
    least_classes = PLACES + 1

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        scores, classes = outputs.ranks, np.arange(len(outputs.ranks))[:, None]
        own = scores[target, np.arange(len(target))]
        before = np.count_nonzero((scores > own) | ((scores == own) & (classes > target)), axis=0)
        return [float(np.count_nonzero(before < PLACES))]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(sums[0]) / examples
