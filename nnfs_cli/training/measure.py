"""Measure: the loss and the metrics of a network on examples that it does not learn from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.nn.network import MOST_EXAMPLES, Network, examples_at_a_time
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.threshold import EVEN, ranked
from nnfs_cli.parallel.group import ProcessGroup, share


def flattened(y: Array) -> Array:
    """The output of a network (…, N) as scores (outputs, N), which losses and metrics take."""
    return y.reshape(math.prod(y.shape[:-1]), y.shape[-1])


def sums_over(
    loss: Loss, metrics: Sequence[Metric], scores: Array, target: Array, weight: Array | None = None
) -> list[float]:
    """The sums of the loss and of what each metric adds up, over scores (outputs, N) and their target.

    Args:
        weight: (N,), what the loss of each example is multiplied by; the metrics count every example once.
    """
    sums = [float(weighted(loss.forward(scores, target), weight).sum(dtype=np.float64))]
    judged = loss.class_scores(scores)
    for metric in metrics:
        sums += metric.sums(judged, target)
    return sums


def weighted(each: Array, weight: Array | None) -> Array:
    """Numbers of each example (…, N) times its weight (N,); as they are where there are no weights."""
    return each if weight is None else each * weight


def figures(metrics: Sequence[Metric], sums: Array, examples: int) -> dict[str, float | None]:
    """The mean loss and the value of every metric, by name, from the sums over so many examples."""
    values, start = {"loss": float(sums[0]) / examples}, 1
    for metric in metrics:
        values[metric.type_name] = metric.value(sums[start : start + metric.width], examples)
        start += metric.width
    return values


def width(metrics: Sequence[Metric]) -> int:
    """How many numbers `sums_over` gives."""
    return 1 + sum(metric.width for metric in metrics)


def measure(
    network: Network, loss: Loss, metrics: Sequence[Metric], batches: Batches, group: ProcessGroup
) -> dict[str, float | None]:
    """The mean loss and the metrics over all examples, each process of the group measuring its share."""
    own, sums = share(len(batches), group.rank, group.size), np.zeros(width(metrics))
    for indices in _runs(network, own.start, own.stop):
        x, target = batches.take(indices)
        sums += sums_over(loss, metrics, flattened(network.forward(x)), target)
    return figures(metrics, group.sum(sums), len(batches))


def scores_of(network: Network, batches: Batches) -> Array:
    """The output of the network for all examples, (N, outputs), batch first."""
    scores = np.empty((len(batches), math.prod(network.output_shape)), network.dtype)
    for indices in _runs(network, 0, len(batches)):
        scores[indices] = flattened(network.forward(batches.take(indices)[0])).T
    return scores


def only_answer(network: Network, loss: Loss, batches: Batches, threshold: float = EVEN) -> int | None:
    """The class that is the answer to all examples; None if there are two, the second of which ends it."""
    found: set[int] = set()
    for indices in _runs(network, 0, len(batches)):
        scores = network.forward(batches.take(indices)[0])
        found.update(ranked(loss, scores, threshold).argmax(axis=0).tolist())
        if len(found) > 1:
            return None
    return found.pop() if found else None


def mean_loss(loss: Loss, scores: Array, batches: Batches) -> float:
    """The mean loss of scores (N, outputs) that are known already."""
    blocks = _blocks(0, len(batches), MOST_EXAMPLES)
    total = sum(loss.forward(scores[rows].T, batches.target(rows)).sum(dtype=np.float64) for rows in blocks)
    return float(total) / len(batches)


def _runs(network: Network, start: int, stop: int) -> Iterator[Array]:
    """The numbers of the examples, as many at a time as the memory for them allows."""
    return _blocks(start, stop, examples_at_a_time(network))


def _blocks(start: int, stop: int, length: int) -> Iterator[Array]:
    return (np.arange(first, min(first + length, stop)) for first in range(start, stop, length))
