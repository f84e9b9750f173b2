"""TrainingState: how far a training is, which epoch was the best, and whether it is time to stop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nnfs_cli.config import EarlyStopping, Ties
from nnfs_cli.parameters import Count, NonNegativeFloat, NonNegativeInt
from nnfs_cli.registry import checked
from nnfs_cli.text import counted
from nnfs_cli.training.records import Monitor, Row


@checked("progress")
@dataclass
class TrainingState:
    """With the weights and the slots, all that is needed to go on as if the training had never stopped.

    Attributes:
        step: optimizer steps made.
        epoch: epochs completed.
        position: steps made of the epoch that is under way.
        sums: of the loss and of what the metrics add up, over the examples of the epoch that is under way.
        epoch_examples, epoch_seconds: of the epoch that is under way.
        last: the row of metrics.csv of the epoch that ended last; all of them would make every save longer.
        best: the row with the best monitored value.
        lowest: the value that early stopping compares with, negated where more is better.
        waited: epochs since early stopping last saw it improve.
        ended: why training is over before its last epoch, if it is.
        seconds, examples: of all training so far.
    """

    step: Count = 0
    epoch: NonNegativeInt = 0
    position: NonNegativeInt = 0
    sums: tuple[float, ...] = ()
    epoch_examples: NonNegativeInt = 0
    epoch_seconds: NonNegativeFloat = 0.0
    last: Row | None = None
    best: Row | None = None
    lowest: float | None = None
    waited: NonNegativeInt = 0
    ended: str | None = None
    seconds: NonNegativeFloat = 0.0
    examples: Count = 0

    def to_json(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return asdict(self)

    def add(self, sums: Sequence[float], examples: int, seconds: float) -> None:
        """Count a step and what was measured over its batch."""
        self.step += 1
        self.position += 1
        self.sums = tuple([a + b for a, b in zip(self.sums, sums, strict=True)]) if self.sums else tuple(sums)
        self.epoch_examples += examples
        self.epoch_seconds += seconds

    def end_epoch(self) -> tuple[tuple[float, ...], int, float]:
        """Close the epoch that is under way and return its sums, examples and seconds."""
        ended = self.sums, self.epoch_examples, self.epoch_seconds
        self.epoch, self.position = self.epoch + 1, 0
        self.sums, self.epoch_examples, self.epoch_seconds = (), 0, 0.0
        self.examples += ended[1]
        self.seconds += ended[2]
        return ended

    def renew(self, max_steps: int | None, *, judged_anew: bool = False) -> None:
        """Let a training that has ended early continue, with its patience reset, unless `max_steps` is reached.

        Args:
            judged_anew: early stopping looks at another figure than before, whose earlier values are not known.
        """
        if judged_anew:
            self.lowest = None
        if self.ended is not None or judged_anew:
            self.waited = 0
        self.ended = "max_steps" if max_steps is not None and self.step >= max_steps else None

    def judge(self, row: Row, monitor: str, rule: EarlyStopping | None, ties: Ties = "first") -> bool:
        """Keep the row of an epoch; whether it is the best so far by its monitored value. NaN is never best.

        Args:
            ties: which of several epochs with the best value it is.
        """
        self.last = row
        if rule is not None:
            self._lose_patience(cost(row, rule.monitor), rule)
        value, lowest = cost(row, monitor), cost(self.best, monitor) if self.best is not None else math.inf
        if not math.isfinite(value) or value > lowest or (value == lowest and ties == "first"):
            return False
        self.best = row
        return True

    def _lose_patience(self, value: float, rule: EarlyStopping) -> None:
        """End training if the value has not fallen by more than `min_delta` in `patience` epochs; NaN is no fall."""
        if math.isfinite(value) and (self.lowest is None or value < self.lowest - rule.min_delta):
            self.lowest, self.waited = value, 0
            return
        self.waited += 1
        if self.waited >= rule.patience:
            much = f" by more than {rule.min_delta:g}" if rule.min_delta else ""
            self.ended = f"{rule.monitor} has not improved{much} for {counted(self.waited, 'epoch')}"


def monitored(row: Row, monitor: str) -> Monitor:
    """What an epoch was judged by, for a monitor of a configuration."""
    return Monitor.parse(monitor).among(row)


def cost(row: Row, monitor: str) -> float:
    """The monitored value, negated if more is better."""
    judged = monitored(row, monitor)
    value = row[judged.column]
    if value is None:
        return math.nan
    return -value if judged.higher_is_better else value
