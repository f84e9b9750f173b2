"""Mean squared error: the squared distance to the target values."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LOSSES


@LOSSES.register("mse")
class MSE(Loss):
    """L = mean over outputs of (scores - target)^2, as in PyTorch; without the factor 1/2 of some textbooks.

    Shapes: scores (outputs, N), target (outputs, N).
    """

    takes_classes = False

    def forward(self, scores: Array, target: Array) -> Array:
        dtype = np.result_type(scores, target)
        self.error = np.subtract(scores, target, out=self.workspace.array("error", scores.shape, dtype))
        squares = np.multiply(self.error, self.error, out=self.workspace.array("squares", scores.shape, dtype))
        loss = np.sum(squares, axis=0, out=self.workspace.array("loss", scores.shape[1:], dtype))
        loss /= len(scores)
        return loss

    def backward(self, batch_size: int) -> Array:
        self.error *= 2 / (len(self.error) * batch_size)
        return self.error

    def activate(self, scores: Array) -> Array:
        """The values themselves, copied: `scores` is memory of a layer."""
        return scores.copy()
