"""Binary cross-entropy: the negative log-likelihood of one of two classes, from a single score."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ClassWeights, Loss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import ProperFraction
from nnfs_cli.registry import LOSSES


@LOSSES.register("binary_cross_entropy")
class BinaryCrossEntropy(Loss):
    """L = log(1 + e^s) - q s for two classes and a network that ends in one score s, that of the second class.

    The second class has the probability p = 1 / (1 + e^-s). q is 1 for it and 0 for the first class; smoothing brings
    both nearer to 1/2 by half of label_smoothing, as in cross_entropy of two classes, of whose scores s is the
    difference. Equals PyTorch's binary_cross_entropy_with_logits. Computed as max(s, 0) - q s + log(1 + e^-|s|), which
    overflows nowhere.

    Shapes: scores (1, N), target (N,) of integers 0 and 1.

    Args:
        label_smoothing: share of the target that is spread over both classes, at least 0 and below 1.
        class_weights: as in cross_entropy.
    """

    takes_classes = binary = True

    def __init__(self, label_smoothing: ProperFraction = 0.0, class_weights: ClassWeights = None):
        self.label_smoothing = label_smoothing
        self.class_weights = class_weights

    def forward(self, scores: Array, target: Array) -> Array:
        array, score, shape = self.workspace.array, scores[0], target.shape
        q, e, p, loss, product = (array(name, shape, score.dtype) for name in ("q", "e", "p", "loss", "product"))
        np.multiply(target, 1 - self.label_smoothing, out=q, casting="same_kind")
        q += self.label_smoothing / 2
        np.exp(np.negative(np.abs(score, out=e), out=e), out=e)
        np.log1p(e, out=loss)
        loss += np.maximum(score, 0, out=product)
        loss -= np.multiply(q, score, out=product)
        np.copyto(p, 1)
        np.copyto(p, e, where=np.less(score, 0, out=array("negative", shape, np.dtype(bool))))
        e += 1
        p /= e
        self.gradient = np.subtract(p, q, out=p)
        return loss

    def backward(self, batch_size: int) -> Array:
        return np.divide(self.gradient, batch_size, out=self.gradient)[None, :]

    def activate(self, scores: Array) -> Array:
        """The probabilities of both classes, (2, N)."""
        score = scores[0]
        e = np.exp(-np.abs(score))
        likely, unlikely = 1 / (1 + e), e / (1 + e)
        return np.where(score < 0, [likely, unlikely], [unlikely, likely])

    def class_scores(self, scores: Array) -> Array:
        """The scores of both classes, (2, N), of which the first is always 0: softmax makes the same probabilities."""
        return np.stack([np.zeros_like(scores[0]), scores[0]])

    def scores_from(self, log_p: Array) -> Array:
        """The logarithm of the odds of the second class, (1, N)."""
        return log_p[1:] - log_p[:1]
