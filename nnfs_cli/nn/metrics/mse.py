"""MSE: the mean squared error."""

from __future__ import annotations

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import ErrorMetric, squares
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS


@METRICS.register("mse")
class MSE(ErrorMetric):
    """The mean squared error of each target, in the squared units of the target, averaged over targets."""

    title, short = "MSE", "mse"

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        return (squares(outputs.scores - target, len(self.deviation)) * self.deviation**2).tolist()
