"""ROC AUC: the share of pairs that the probability of a class puts in the right order."""

from __future__ import annotations

from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.metrics.base import RankingMetric
from nnfs_cli.registry import METRICS


@METRICS.register("roc_auc")
class ROCAUC(RankingMetric):
    """The area under the ROC curve of each class against the rest, averaged over classes; of two classes the second's.

    Exact, from the probabilities of all examples, ties counting half. None where a class is absent, or alone. As
    roc_auc_score(multi_class="ovr", average="macro", labels=all classes) of scikit-learn.
    """

    title, short = "ROC AUC", "AUC"

    def of_class(self, ranking: Ranking) -> float:
        return ranking.roc_auc()
