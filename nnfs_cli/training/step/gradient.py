"""Gradient: what one worker computes of the gradient of a step, in one pass or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.data.augment.mixup import Part, mixture_of
from nnfs_cli.data.batches import Batches
from nnfs_cli.errors import DataError
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.metrics.base import SummedMetric
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import ProcessGroup, share
from nnfs_cli.training.measure import flattened, sums_over, weighted, width
from nnfs_cli.training.step.divergence import first_output

BEYOND = (
    "training examples are no longer finite once they are augmented: their numbers are close to the largest of single "
    "precision. Scale them down, or leave out what moves or brightens them."
)


class StepGradient:
    """The gradient of the mean loss over the examples of a step, of which every worker computes a part.

    A step may be made of several batches (`training.accumulate`), passed one after the other, whose gradients are added
    up. It is the gradient of all of them together, but for layers that look at a whole batch, such as batch_norm, and
    for the random numbers of layers such as dropout, which are others in every pass.

    Args:
        network: whose `grads` are set.
        metrics: what is added up beside the loss.
        train: the examples to learn from.
        group: the processes that share every batch.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        metrics: Sequence[SummedMetric],
        train: Batches,
        training: Training,
        group: ProcessGroup,
    ):
        self.network, self.loss, self.metrics = network, loss, tuple(metrics)
        self.train, self.training, self.group = train, training, group
        self._earlier = np.zeros(network.size if training.accumulate > 1 else 0, network.dtype)

    def compute(self, examples: Array, step: int, sum: Callable[[Array], Array]) -> list[float]:
        """Set this worker's part of the gradient.

        Args:
            examples: the numbers of all examples of the step.
            step: how many steps were made before.
            sum: adds up an array over the workers.

        Returns:
            This worker's part of the sums of the loss and the metrics over the examples.
        """
        network, training, group = self.network, self.training, self.group
        total = np.zeros(width(self.metrics))
        for number, batch in enumerate(self._batches(examples)):
            moment = step * training.accumulate + number
            context = network.training_context(moment, group.rank, sum)
            mixture = mixture_of(training.mixup, batch, network.seed, moment)
            x, parts = self.train.lesson(batch, share(len(batch), group.rank, group.size), mixture)
            y = network.forward(x, context)
            sums, dy = taught(self.loss, self.metrics, flattened(y), parts, len(examples))
            total += sums
            if number:
                self._earlier[:] = network.grads
            network.backward(dy.reshape(y.shape), context)
            if number:
                network.grads += self._earlier
        return total.tolist()

    def first_broken(self, examples: Array) -> str:
        """Which layer first gave a number that is not finite, for the examples of a step.

        Raises:
            DataError: the examples have such numbers themselves, which augmentation has made of finite ones.
        """
        for batch in self._batches(examples):
            x = self.train.take(batch)[0]
            if not np.isfinite(x).all():
                raise DataError(BEYOND)
            if place := first_output(self.network, x):
                return place
        return "though every layer's output is finite"

    def _batches(self, examples: Array) -> Iterator[Array]:
        """The examples of a step, a batch at a time."""
        size = self.training.batch_size
        return (examples[start : start + size] for start in range(0, len(examples), size))


def taught(
    loss: Loss, metrics: Sequence[SummedMetric], scores: Array, parts: Sequence[Part], batch_size: int
) -> tuple[list[float], Array]:
    """The sums of `sums_over` for scores (outputs, N), and the gradient (outputs, N) of the mean loss over a batch.

    Args:
        parts: what they are compared with: one, or several whose shares are added up, which the metrics are too.
        batch_size: examples of the batch, of which these may be a part.
    """
    outputs = Outputs(scores, loss.activate, loss.class_scores(scores))

    def alone(part: Part) -> tuple[list[float], Array]:
        own = sums_over(loss, metrics, outputs, part.target, part.weight)
        return own, weighted(loss.backward(batch_size), part.weight)

    if len(parts) == 1:
        return alone(parts[0])
    sums, gradient = np.zeros(width(metrics)), np.zeros_like(scores)
    for part in parts:
        own, slope = alone(part)
        sums += part.share * np.array(own)
        gradient += part.share * slope
    return sums.tolist(), gradient
