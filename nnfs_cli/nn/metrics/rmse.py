"""RMSE: the root of the mean squared error."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import ErrorMetric, squares
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("rmse")
class RMSE(ErrorMetric):
    """The root of the mean squared error of each target, in the units of the target, averaged over targets."""

    title, short = "RMSE", "rmse"
    usual = True

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        return (squares(outputs.scores - target, len(self.deviation)) * self.deviation**2).tolist()

    def of_means(self, means: Array) -> Array:
        return np.sqrt(means)
