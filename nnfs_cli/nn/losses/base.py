"""Loss: how wrong the output of a network is, and in which direction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.workspace import Workspace
from nnfs_cli.parameters import Count, Means, NonNegativeFloat

ClassWeights = Annotated[
    Literal["balanced"] | dict[str | Count, NonNegativeFloat] | None,
    Means("'balanced', weights by class such as {yes: 5}, or null"),
]


class Loss(ABC):
    """The mean over a batch of a measure of error, one number an example.

    Attributes:
        takes_classes: whether a target is a class, (N,) integers, rather than values, (outputs, N).
        binary: whether it tells two classes apart by one score, that of the second.
        class_weights: how much the examples of each class count in a training, as `data.weights` reads it. It is no
            matter of the passes: a training multiplies what they give by a weight for each example. The sum is divided
            by the batch size as in Keras; PyTorch divides it by the sum of the weights in the batch.
    """

    type_name: ClassVar[str]
    takes_classes: ClassVar[bool]
    binary: ClassVar[bool] = False
    class_weights: ClassWeights = None

    @cached_property
    def workspace(self) -> Workspace:
        """Scratch memory of the passes."""
        return Workspace()

    @abstractmethod
    def forward(self, scores: Array, target: Array) -> Array:
        """The loss of every example, (N,), from the output of the network, (outputs, N).

        The result may lie in the workspace, valid until the next forward pass.
        """

    @abstractmethod
    def backward(self, batch_size: int) -> Array:
        """The gradient, (outputs, N), of the mean over a batch of `batch_size`, of which these N may be a part.

        The result may lie in the workspace, valid until the next pass.
        """

    @abstractmethod
    def activate(self, scores: Array) -> Array:
        """Probabilities (classes, N) or values (outputs, N), an array of its own, from scores (outputs, N)."""

    def class_scores(self, scores: Array) -> Array:
        """What metrics look at: a score for each class, (classes, N), the largest for the answer, or the values."""
        return scores

    def scores_from(self, log_p: Array) -> Array:
        """Scores (outputs, N) of which `activate` makes the probabilities with these logarithms, (classes, N)."""
        return log_p

    def outputs(self, classes: int) -> int:
        """How many outputs a network needs to tell so many classes apart."""
        return 1 if self.binary and classes == 2 else classes

    def classes(self, outputs: int) -> int:
        """How many classes a network of so many outputs tells apart."""
        return 2 if self.binary and outputs == 1 else outputs


class ValueLoss(Loss):
    """The mean over outputs of a function of the error e = scores - target.

    Shapes: scores (outputs, N), target (outputs, N).
    """

    takes_classes = False

    def forward(self, scores: Array, target: Array) -> Array:
        dtype = np.result_type(scores, target)
        self.error = np.subtract(scores, target, out=self.workspace.array("error", scores.shape, dtype))
        values = self.value(self.error, self.workspace.array("values", scores.shape, dtype))
        loss = np.add.reduce(values, axis=0, out=self.workspace.array("loss", scores.shape[1:], dtype))
        loss /= len(scores)
        return loss

    def backward(self, batch_size: int) -> Array:
        gradient = self.slope(self.error)
        gradient *= 1 / (len(gradient) * batch_size)
        return gradient

    def activate(self, scores: Array) -> Array:
        """The values themselves, copied: `scores` is memory of a layer."""
        return scores.copy()

    @abstractmethod
    def value(self, error: Array, out: Array) -> Array:
        """The function of every error, (outputs, N), written to `out`; the errors stay."""

    @abstractmethod
    def slope(self, error: Array) -> Array:
        """Its derivative at every error, (outputs, N), in the memory of the errors."""
