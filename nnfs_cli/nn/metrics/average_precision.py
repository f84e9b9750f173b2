"""Average precision: the precision of a class over all recalls."""

from __future__ import annotations

from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.metrics.base import RankingMetric
from nnfs_cli.registry import METRICS


@METRICS.register("average_precision")
class AveragePrecision(RankingMetric):
    """The average precision of each class against the rest, averaged over classes; of two classes the second's.

    Exact, from the probabilities of all examples. A class that is absent counts 0. As average_precision_score of
    scikit-learn, which is given a column for each class.
    """

    title, short = "Average precision", "AP"

    def of_class(self, ranking: Ranking) -> float:
        return ranking.average_precision()
