"""Measure: the loss and the metrics of a network on examples that it does not learn from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.network import Network, examples_at_a_time
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.team import Team, share


def sums_over(loss: Loss, scores: Array, target: Array) -> dict[str, float]:
    """The sums of the loss and of its metrics over some examples: scores (outputs, N) and their target."""
    sums = {"loss": float(loss.forward(scores, target).sum(dtype=np.float64))}
    return sums | {name: float(metric(scores, target)) for name, metric in loss.metrics.items()}


def mean_metrics(network: Network, loss: Loss, batches: Batches, team: Team) -> dict[str, float]:
    """The means of the loss and of its metrics over all examples, each member of the team measuring its share."""
    own, totals = share(len(batches), team.rank, team.size), {}
    for indices in _runs(network, own.start, own.stop):
        x, target = batches.take(indices)
        for name, value in sums_over(loss, network.forward(x), target).items():
            totals[name] = totals.get(name, 0.0) + value
    names = ("loss", *loss.metrics)
    sums = team.sum([totals.get(name, 0.0) for name in names])
    return {name: value / len(batches) for name, value in zip(names, sums, strict=True)}


def predict(network: Network, loss: Loss, batches: Batches) -> Array:
    """What the network says of all examples: probabilities or values, (N, outputs), batch first."""
    outputs = [loss.predict(network.forward(batches.take(indices)[0])).T for indices in _runs(network, 0, len(batches))]
    return np.concatenate(outputs) if outputs else np.empty((0, *network.output_shape), network.dtype)


def _runs(network: Network, start: int, stop: int) -> Iterator[Array]:
    """The numbers of the examples, as many at a time as the memory for them allows."""
    length = examples_at_a_time(network)
    return (np.arange(first, min(first + length, stop)) for first in range(start, stop, length))
