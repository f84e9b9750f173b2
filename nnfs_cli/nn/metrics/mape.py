"""MAPE: the mean absolute error as a share of the true value."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import ErrorMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS

EPS = float(np.finfo(np.float64).eps)


@METRICS.register("mape")
class MAPE(ErrorMetric):
    """The mean of |error| / max(|y|, 2.2e-16), averaged over targets: 0.05 is 5 %. As in scikit-learn.

    A true value of 0 makes it huge. While a network learns standardized values, y is known to the rounding of its type:
    what is no more than that is taken for 0.
    """

    title, short = "MAPE", "mape"

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        deviation, mean = self.deviation[:, None], self.mean[:, None]
        learned = self.by_target(target).astype(np.float64)
        errors = np.abs(self.by_target(outputs.scores) - learned) * deviation
        size = np.abs(learned * deviation + mean)
        rounding = np.finfo(target.dtype).eps * np.abs(mean)
        return (errors / np.where(size > rounding, size, EPS).clip(EPS)).sum(axis=1).tolist()
