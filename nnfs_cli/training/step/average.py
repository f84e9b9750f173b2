"""Average: the moving average of the weights, which often answers better than the weights of the last step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import BLOCK
from nnfs_cli.nn.shapes import Array


def decay_at(step: int, largest: float) -> float:
    """What the average keeps of itself in the step after so many: little at first, when the weights are still random.

    min(largest, (1 + t) / (10 + t)), as tf.train.ExponentialMovingAverage with num_updates = t.
    """
    return min(largest, (1 + step) / (10 + step))


class WeightAverage:
    """a = d a + (1 - d) w after every step, over all parameters and states, d = min(decay, (1 + t) / (10 + t)).

    t counts the steps made before this one. Polyak & Juditsky 1992 average all steps alike; the exponential average
    forgets the first ones. States, such as the running statistics of batch_norm, are averaged too (as in
    torch.optim.swa_utils.AveragedModel with use_buffers), because they belong to weights.

    Args:
        network: followed; it begins with its weights.
        decay: the largest d.
        zeros: makes a vector that all processes of a group share.

    Attributes:
        values, kept: the average of the parameters (size,), of which each process computes a part, and of the states
            (state_size,), which each process computes for itself.
    """

    def __init__(self, network: Network, decay: float, zeros: Callable[[int, np.dtype], Array]):
        self.network, self.decay = network, decay
        self.values, self.kept = zeros(network.size, network.dtype), network.kept.copy()
        self.values[:] = network.values
        self._scratch = np.empty(min(network.size, BLOCK), network.dtype)

    def follow(self, part: slice, step: int) -> None:
        """Move a part of the average, and all of that of the states, towards the weights of the network.

        Args:
            step: how many steps were made before the one that gave these weights.
        """
        towards = 1 - decay_at(step, self.decay)
        for start in range(part.start, part.stop, BLOCK):
            block = slice(start, min(start + BLOCK, part.stop))
            change = np.subtract(
                self.network.values[block], self.values[block], out=self._scratch[: block.stop - start]
            )
            change *= towards
            self.values[block] += change
        self.kept += towards * (self.network.kept - self.kept)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The network has the average for its weights until the end of the context."""
        network, values, kept = self.network, self.network.values, self.network.kept
        network.use_memory(self.values, network.grads)
        network.use_states(self.kept)
        try:
            yield
        finally:
            network.use_memory(values, network.grads)
            network.use_states(kept)

    def settle(self) -> None:
        """Give the network the average for good."""
        self.network.values[:], self.network.kept[:] = self.values, self.kept
