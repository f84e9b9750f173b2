"""Focal loss: cross-entropy that forgets examples which are right already, for classes of very different size."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import ClassWeights
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat
from nnfs_cli.registry import LOSSES


@LOSSES.register("focal")
class Focal(CrossEntropy):
    """L = -(1 - p)^gamma log p with p the probability of the true class, by softmax(scores).

    Lin et al. 2017, arXiv:1708.02002, equation 4, for any number of classes; alpha of its equation 5 is class_weights.
    gamma 0 is cross_entropy. Two classes equal torchvision's sigmoid_focal_loss (alpha -1) of the difference of their
    scores.

    Shapes: scores (classes, N), target (N,) of integers.

    Args:
        gamma: how much less an example counts that is right already, at least 0.
        class_weights: as in cross_entropy.
    """

    def __init__(self, gamma: NonNegativeFloat = 2.0, class_weights: ClassWeights = None):
        super().__init__(class_weights=class_weights)
        self.gamma = gamma

    def forward(self, scores: Array, target: Array) -> Array:
        """With h = -log p: 1 - p = -expm1(-h), which keeps its digits where p is nearly 1."""
        h = super().forward(scores, target)
        p, wrong, self.slope = (self.workspace.array(name, h.shape, h.dtype) for name in ("true p", "1 - p", "slope"))
        np.negative(h, out=p)
        np.negative(np.expm1(p, out=wrong), out=wrong)
        np.exp(p, out=p)
        np.copyto(self.slope, 1)
        np.divide(h, wrong, out=self.slope, where=wrong > 0)
        self.slope *= p
        self.slope *= self.gamma
        self.slope += 1
        wrong **= self.gamma
        self.slope *= wrong
        return np.multiply(h, wrong, out=wrong)

    def backward(self, batch_size: int) -> Array:
        """dL/dscores = dL/dh dh/dscores; the second is the gradient of cross-entropy.

        dL/dh = (1 - p)^gamma (1 + gamma p h / (1 - p)), of which h / (1 - p) is 1 for p = 1.
        """
        gradient = super().backward(batch_size)
        gradient *= self.slope
        return gradient
