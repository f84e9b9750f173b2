"""MAE: the mean absolute error."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import ErrorMetric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("mae")
class MAE(ErrorMetric):
    """The mean absolute error of each target, in the units of the target, averaged over targets."""

    title, short = "MAE", "mae"

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        errors = self.by_target(np.abs(outputs.scores - target))
        return (errors.sum(axis=1, dtype=np.float64) * self.deviation).tolist()
