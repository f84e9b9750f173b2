"""Measure: the loss and the metrics of a network on examples that it does not learn from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.nn.costs import MOST_EXAMPLES, examples_at_a_time
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.reports import figures_by_class
from nnfs_cli.nn.evaluation.threshold import EVEN, ranked
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.metrics.base import Metric, RankingMetric, SummedMetric
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import ProcessGroup, share


def flattened(y: Array) -> Array:
    """The output of a network (…, N) as scores (outputs, N), which losses and metrics take."""
    return y.reshape(math.prod(y.shape[:-1]), y.shape[-1])


def sums_over(
    loss: Loss, metrics: Sequence[SummedMetric], outputs: Outputs, target: Array, weight: Array | None = None
) -> list[float]:
    """The sums of the loss and of what each metric adds up, over the outputs for some examples and their target.

    Args:
        weight: (N,), what the loss of each example is multiplied by; the metrics count every example once.
    """
    sums = [float(weighted(loss.forward(outputs.scores, target), weight).sum(dtype=np.float64))]
    for metric in metrics:
        sums += metric.sums(outputs, target)
    return sums


def weighted(each: Array, weight: Array | None) -> Array:
    """Numbers of each example (…, N) times its weight (N,); as they are where there are no weights."""
    return each if weight is None else each * weight


def figures(metrics: Sequence[SummedMetric], sums: Array, examples: int) -> dict[str, float | None]:
    """The mean loss and the value of every metric, by name, from the sums over so many examples."""
    found = {metric.type_name: metric.value(own, examples) for metric, own in _by_metric(metrics, sums)}
    return {"loss": float(sums[0]) / examples, **found}


def overflowing(metrics: Sequence[SummedMetric], sums: Array) -> str | None:
    """The name of the first metric whose sums are not finite, if there is one."""
    return next((metric.type_name for metric, own in _by_metric(metrics, sums) if not np.isfinite(own).all()), None)


def _by_metric(metrics: Sequence[SummedMetric], sums: Array) -> Iterator[tuple[SummedMetric, Array]]:
    """Every metric with its part of what `sums_over` gives."""
    start = 1
    for metric in metrics:
        yield metric, sums[start : start + metric.width]
        start += metric.width


def width(metrics: Sequence[SummedMetric]) -> int:
    """How many numbers `sums_over` gives."""
    return 1 + sum(metric.width for metric in metrics)


class Measure:
    """Measures a network on examples that it does not learn from, each process of a group its share.

    Metrics of a ranking need the probabilities of all examples in one place: they are gathered in memory that the
    processes share, 8 bytes an example and class, and the classes are shared out among the processes.

    Args:
        metrics: what is measured beside the loss.
        batches: the examples.
        answers: how many classes, or values, there are.
        group: the processes; memory is made before they start.

    Attributes:
        numbers: how many are added up over the processes at once, at most.
    """

    def __init__(self, metrics: Sequence[Metric], batches: Batches, answers: int, group: ProcessGroup):
        self.batches, self.group = batches, group
        self.summed, self.ranked = kinds_of(metrics)
        self.numbers = max(width(self.summed), answers if self.ranked else 0)
        examples = len(batches) if self.ranked else 0
        self._probabilities = group.common(examples * answers, np.dtype(np.float64)).reshape(examples, answers)

    def __call__(self, network: Network, loss: Loss) -> dict[str, float | None]:
        """The mean loss and the metrics over all examples."""
        batches, group = self.batches, self.group
        own, sums = share(len(batches), group.rank, group.size), np.zeros(width(self.summed))
        for indices in runs(network, own.start, own.stop):
            x, target = batches.take(indices)
            scores = flattened(network.forward(x))
            outputs = Outputs(scores, loss.activate, loss.class_scores(scores))
            sums += sums_over(loss, self.summed, outputs, target)
            if self.ranked:
                self._probabilities[indices] = outputs.probabilities.T
        return {**figures(self.summed, group.sum(sums), len(batches)), **self._rankings()}

    def _rankings(self) -> dict[str, float | None]:
        if not self.ranked:
            return {}
        group, probabilities = self.group, self._probabilities.T
        group.gather(self._probabilities.reshape(-1))
        own = share(len(probabilities), group.rank, group.size)
        target = self.batches.target(np.arange(len(self.batches)))
        by_class = figures_by_class(self.ranked, probabilities, target, range(own.start, own.stop))
        return {m.type_name: m.value(group.sum(row)) for m, row in zip(self.ranked, by_class, strict=True)}


def kinds_of(metrics: Iterable[Metric]) -> tuple[list[SummedMetric], list[RankingMetric]]:
    """Those that add up, and those of a ranking."""
    metrics = tuple(metrics)
    return [m for m in metrics if isinstance(m, SummedMetric)], [m for m in metrics if isinstance(m, RankingMetric)]


def scores_of(network: Network, batches: Batches) -> Array:
    """The output of the network for all examples, (N, outputs), batch first."""
    scores = np.empty((len(batches), math.prod(network.output_shape)), network.dtype)
    for indices in runs(network, 0, len(batches)):
        scores[indices] = flattened(network.forward(batches.take(indices)[0])).T
    return scores


def only_answer(network: Network, loss: Loss, batches: Batches, threshold: float = EVEN) -> int | None:
    """The class that is the answer to all examples; None if there are two, the second of which ends it."""
    found: set[int] = set()
    for indices in runs(network, 0, len(batches)):
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


def runs(network: Network, start: int, stop: int) -> Iterator[Array]:
    """The numbers of some examples, as many at a time as the memory for them allows."""
    return _blocks(start, stop, examples_at_a_time(network))


def _blocks(start: int, stop: int, length: int) -> Iterator[Array]:
    return (np.arange(first, min(first + length, stop)) for first in range(start, stop, length))
