"""R squared: the share of the variance of the targets that predictions explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.metrics.base import SummedMetric, squares
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import METRICS

CONSTANT = 1e-12


@METRICS.register("r2")
class R2(SummedMetric):
    """1 - residual / total sum of squares, averaged over targets; None where a target never varies."""

    title, short = "R²", "r2"
    takes_classes, higher_is_better, usual, headline, baseline = False, True, True, True, 0.0

    @property
    def width(self) -> int:
        return 3 * len(self.centre)

    def sums(self, outputs: Outputs, target: Array) -> list[float]:
        targets = len(self.centre)
        distance = target.reshape(targets, target.size // targets) - self.centre[:, None]
        residual, squared = squares(outputs.scores - target, targets), squares(distance, targets)
        return [*residual.tolist(), *distance.sum(axis=1).tolist(), *squared.tolist()]

    def value(self, sums: Sequence[float], examples: int) -> float | None:
        residual, total, squared = np.reshape(sums, (3, -1))
        spread = squared - total**2 / (examples * self.pixels)
        return float(np.mean(1 - residual / spread)) if (spread > CONSTANT * squared).all() else None
