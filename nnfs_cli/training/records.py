"""Records: what a training tells while it works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


def epoch_columns(metrics: Iterable[str]) -> tuple[str, ...]:
    """The columns of metrics.csv, for a training that measures these metrics beside the loss."""
    measured = [f"{split}_{name}" for name in ("loss", *metrics) for split in ("train", "val")]
    return ("epoch", "step", *measured, "lr", "momentum", "seconds", "samples_per_second")


class StepDone(NamedTuple):
    """One optimizer step, counted from 1; loss is the mean over its batch, before the step."""

    step: int
    epoch: int
    loss: float
    lr: float
    momentum: float
    examples: int


@dataclass(frozen=True)
class EpochDone:
    """The end of an epoch.

    Attributes:
        row: the row of metrics.csv; None where there was nothing to measure.
        best: whether the monitored metric has never been better.
    """

    row: dict[str, Any]
    best: bool
