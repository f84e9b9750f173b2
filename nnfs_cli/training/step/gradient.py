"""Gradient: what one worker computes of the gradient of a step, in one pass or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.data.batches import Batches
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.metrics.base import SummedMetric
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import ProcessGroup, share
from nnfs_cli.training.measure import flattened, sums_over, weighted, width
from nnfs_cli.training.step.divergence import first_output


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
        network, total = self.network, np.zeros(width(self.metrics))
        for number, batch in enumerate(self._batches(examples)):
            context = network.training_context(step * self.training.accumulate + number, self.group.rank, sum)
            rows = self._own(batch)
            (x, target), weight = self.train.take(rows), self.train.weight(rows)
            y = network.forward(x, context)
            scores = flattened(y)
            outputs = Outputs(scores, self.loss.activate, self.loss.class_scores(scores))
            total += sums_over(self.loss, self.metrics, outputs, target, weight)
            dy = weighted(self.loss.backward(len(examples)), weight).reshape(y.shape)
            if number:
                self._earlier[:] = network.grads
            network.backward(dy, context)
            if number:
                network.grads += self._earlier
        return total.tolist()

    def first_broken(self, examples: Array) -> str:
        """Which layer first gave a number that is not finite, for the examples of a step."""
        places = (first_output(self.network, self.train.take(batch)[0]) for batch in self._batches(examples))
        return next(filter(None, places), "though every layer's output is finite")

    def _batches(self, examples: Array) -> Iterator[Array]:
        """The examples of a step, a batch at a time."""
        size = self.training.batch_size
        return (examples[start : start + size] for start in range(0, len(examples), size))

    def _own(self, batch: Array) -> Array:
        return batch[share(len(batch), self.group.rank, self.group.size)]
