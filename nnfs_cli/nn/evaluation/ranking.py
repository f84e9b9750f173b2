"""Ranking: how well a score puts the examples of a class before all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnfs_cli.nn.shapes import Array


@dataclass(frozen=True, eq=False)
class Ranking:
    """What lies at or above each threshold, from the highest to the lowest.

    Examples of one score come together: there is one threshold a score, so that ties count as scikit-learn counts them.

    Attributes:
        hits: examples of the class with at least the score, (thresholds,) int64.
        misses: examples of other classes with at least the score, (thresholds,) int64.
    """

    hits: Array
    misses: Array

    @classmethod
    def of(cls, scores: Array, positive: Array) -> Ranking:
        """Sort examples by their scores (N,).

        Args:
            positive: which of them belong to the class, (N,) bool.
        """
        order = np.argsort(scores)[::-1]
        ordered = scores[order]
        last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
        hits = np.cumsum(positive[order], dtype=np.int64)[last]
        return cls(hits, last + 1 - hits)

    @property
    def positives(self) -> int:
        """How many examples belong to the class."""
        return int(self.hits[-1])

    @property
    def negatives(self) -> int:
        """How many do not."""
        return int(self.misses[-1])

    def roc_auc(self) -> float:
        """The share of pairs of an example of the class and another one that are in the right order; NaN without pairs.

        A tie is half a pair, so that this is the area under the ROC curve by trapezoids (Hanley and McNeil 1982).
        """
        if not (self.positives and self.negatives):
            return float("nan")
        hits, misses = (np.diff(counts.astype(np.float64), prepend=0) for counts in (self.hits, self.misses))
        return float(misses @ (self.hits - hits / 2)) / (self.positives * self.negatives)

    def average_precision(self) -> float:
        """Sum over thresholds of (R[n] - R[n - 1]) P[n], with R the recall and P the precision; 0 without the class.

        As scikit-learn has it: a sum of steps, without lines between the points.
        """
        gained = np.diff(self.hits, prepend=0)
        return float(gained @ self.precision) / max(1, self.positives)

    @property
    def precision(self) -> Array:
        """The share of the class among what lies at or above each threshold, (thresholds,)."""
        return self.hits / (self.hits + self.misses)
