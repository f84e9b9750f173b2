"""RMSE: the root of the mean squared error."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnfs_cli.nn.metrics.base import Metric, squares
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("rmse")
class RMSE(Metric):
    """The root of the mean squared error over examples and outputs, in the units of the target."""

    title, short = "RMSE", "rmse"
    takes_classes = higher_is_better = False

    def sums(self, scores: Array, target: Array) -> list[float]:
        return [float(squares(scores - target, len(self.deviation)) @ self.deviation**2)]

    def value(self, sums: Sequence[float], examples: int) -> float:
        return math.sqrt(float(sums[0]) / (examples * self.pixels * len(self.deviation)))
