"""Records: what a session tells while it works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nnfs_cli.nn.network import Network


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


@dataclass(frozen=True)
class Started:
    """A training that is about to make its first step.

    Attributes:
        done: steps that were made before it was resumed.
        epochs: all epochs, the last of which `max_steps` may cut short.
        steps: all steps, the ones already made included.
        metric: the one to look at first.
        files: where each split was read from.
        notes: warnings for people: a fallback, what a resumed training does otherwise than before.
    """

    run: Path
    network: Network
    examples: int
    epochs: int
    done: int
    steps: int
    workers: int
    metric: str
    files: Mapping[str, str]
    notes: tuple[str, ...]
    steps_per_epoch: int


@dataclass(frozen=True)
class Warned:
    """Something happened to the files of a run that its training survives."""

    text: str


@dataclass(frozen=True)
class Finished:
    """A training that has ended.

    Attributes:
        status: "completed" or "interrupted".
        reason: why it ended before its last epoch, if it did.
        summary: what summary.json holds.
    """

    run: Path
    status: str
    reason: str | None
    summary: dict[str, Any]
