"""Cross-entropy: the negative log-likelihood of the true class."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ClassWeights, Loss
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
        class_weights: how much the examples of each class count while the network learns: {yes: 5, no: 1}, 1 for a
            class that is not named; balanced for N / (classes * count of the class). They are scaled to a mean of 1.
    """

    takes_classes = True
    _examples = np.arange(0)

    def __init__(self, label_smoothing: ProperFraction = 0.0, class_weights: ClassWeights = None):
        self.label_smoothing = label_smoothing
        self.class_weights = class_weights

    def forward(self, scores: Array, target: Array) -> Array:
        array, dtype = self.workspace.array, scores.dtype
        total = array("total", target.shape, dtype)
        self.log_p = np.subtract(
            scores, np.maximum.reduce(scores, axis=0, out=total), out=array("log p", scores.shape, dtype)
        )
        self.p = np.exp(self.log_p, out=array("p", scores.shape, dtype))
        self.p /= np.add.reduce(self.p, axis=0, out=total)
        self.log_p -= np.log(total, out=total)
        self._look_for(target)
        loss = self._true(self.log_p)
        np.negative(loss, out=loss)
        if self.label_smoothing:
            loss -= self._spread(loss)
        return loss

    def backward(self, batch_size: int) -> Array:
        true = self._true(self.p)
        true -= 1 - self.label_smoothing
        self.p.reshape(-1)[self.true] = true
        if self.label_smoothing:
            self.p -= self.label_smoothing / len(self.p)
        self.p /= batch_size
        return self.p

    def activate(self, scores: Array) -> Array:
        """The probability of every class."""
        p = scores - scores.max(axis=0)
        np.exp(p, out=p)
        p /= p.sum(axis=0)
        return p

    def _look_for(self, target: Array) -> None:
        """Note where the true class of every example stands in a flat array (classes * N,)."""
        if len(target) != len(self._examples):
            self._examples = np.arange(len(target))
        self.true = np.multiply(target, len(target), out=self.workspace.array("true", target.shape, np.dtype(np.int64)))
        self.true += self._examples

    def _true(self, values: Array) -> Array:
        """The value at the true class of every example, (N,), of (classes, N)."""
        found = self.workspace.array("found", self.true.shape, values.dtype)
        return values.reshape(-1).take(self.true, out=found, mode="wrap")

    def _spread(self, loss: Array) -> Array:
        """What smoothing takes off the loss of every example, (N,): label_smoothing * (loss + mean of log p)."""
        less = np.add.reduce(self.log_p, axis=0, out=self.workspace.array("less", loss.shape, loss.dtype))
        less /= len(self.log_p)
        less += loss
        less *= self.label_smoothing
        return less
