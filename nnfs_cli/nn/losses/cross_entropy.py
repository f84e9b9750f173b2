"""Cross-entropy: the surprise at the true class."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import ProperFraction
from nnfs_cli.registry import LOSSES


@LOSSES.register("cross_entropy")
class CrossEntropy(Loss):
    """L = -sum over k of q[k] log p[k] with p = softmax(scores), so the network ends in plain scores.

    q is 1 - label_smoothing at the true class plus label_smoothing / classes everywhere (Szegedy et al. 2016,
    arXiv:1512.00567, section 7), as in PyTorch. The largest score is subtracted first, so that nothing overflows.

    Shapes: scores (classes, N), target (N,) of integers.

    Args:
        label_smoothing: share of the target that is spread over all classes, at least 0 and below 1.
    """

    takes_classes = True

    def __init__(self, label_smoothing: ProperFraction = 0.0):
        self.label_smoothing = label_smoothing

    def forward(self, scores: Array, target: Array) -> Array:
        self.target = target
        log_p = scores - scores.max(axis=0)
        self.p = np.exp(log_p)
        total = self.p.sum(axis=0)
        self.p /= total
        log_p -= np.log(total)
        loss = -log_p[target, np.arange(len(target))]
        if self.label_smoothing:
            loss += self.label_smoothing * (-loss - log_p.mean(axis=0))
        return loss

    def backward(self, batch_size: int) -> Array:
        classes, examples = self.p.shape
        self.p[self.target, np.arange(examples)] -= 1 - self.label_smoothing
        if self.label_smoothing:
            self.p -= self.label_smoothing / classes
        self.p /= batch_size
        return self.p

    def predict(self, scores: Array) -> Array:
        """The probability of every class."""
        p = np.exp(scores - scores.max(axis=0))
        p /= p.sum(axis=0)
        return p
