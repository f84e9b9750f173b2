"""Log loss: how little probability the true classes were given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import SummedMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS

EPS = float(np.finfo(np.float64).eps)


@METRICS.register("log_loss")
class LogLoss(SummedMetric):
    """The mean of -log p of the true class, whatever loss is trained.

    p is float64 and kept between 2.2e-16 (the eps of float64) and 1 less that, as in scikit-learn: an answer that is
    sure and wrong costs 36, not infinity.
    """

    title, short = "Log loss", "log"
    takes_classes, higher_is_better = True, False

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        p = outputs.probabilities[target, np.arange(len(target))]
        return [-float(np.log(p.clip(EPS, 1 - EPS)).sum())]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return float(sums[0]) / examples
