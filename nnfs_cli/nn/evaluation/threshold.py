"""Threshold: from which probability on the second of two classes is the answer."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.shapes import Array

EVEN = 0.5
"""The likelier class is the answer, as of any number of classes."""


def ranked(loss: Loss, scores: Array, threshold: float) -> Array:
    """What orders the classes, (classes, N), from scores (outputs, N): the answer is the one with the largest.

    The second of two classes is the answer where its probability is above the threshold, so that `EVEN` is argmax, the
    first class at a draw.
    """
    if threshold == EVEN:
        return loss.class_scores(scores)
    p = loss.activate(scores.astype(np.float64))[1]
    return np.stack([np.full_like(p, threshold), p])


def best_threshold(p: Array, target: Array) -> float:
    """The threshold with the best balanced accuracy, the mean of the shares of both classes that are right.

    Exact over all thresholds with examples on both sides: halfway between two neighbours among the probabilities. Of
    several that are best it is the one nearest to `EVEN`, the lower of two; so it is `EVEN` itself wherever that is as
    good as any, where all probabilities are equal, one is not finite, or a class has no example.

    Args:
        p: (N,) float64, the probability of the second class.
        target: (N,), the true classes 0 and 1.
    """
    positives = int(np.count_nonzero(target))
    negatives = len(target) - positives
    if not positives or not negatives or not np.isfinite(p).all():
        return EVEN
    values, places = np.unique(p, return_inverse=True)
    above = positives - np.cumsum(np.bincount(places[target == 1], minlength=len(values)))
    below = np.cumsum(np.bincount(places[target == 0], minlength=len(values)))
    right = (above * negatives + below * positives)[:-1]
    on = p > EVEN
    even = np.count_nonzero(on[target == 1]) * negatives + np.count_nonzero(~on[target == 0]) * positives
    if even >= right.max(initial=0):
        return EVEN
    low, high = values[:-1], values[1:]
    halfway = low + (high - low) / 2
    cuts = np.where(halfway < high, halfway, low)[right == right.max()]
    return float(cuts[np.abs(cuts - EVEN).argmin()])
