"""Records: what a session tells while it works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nnfs_cli.nn.network import Network


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
        steps: all steps, the ones already made included.
        notes: warnings for people: a fallback, what a resumed training does otherwise than before.
    """

    run: Path
    network: Network
    examples: int
    epochs: int
    done: int
    steps: int
    workers: int
    notes: tuple[str, ...]


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
