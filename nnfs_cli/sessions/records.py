"""Records: what a session tells beside the steps and epochs of its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.data.spec import ColumnReport
from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.nn.network import Network


@dataclass(frozen=True)
class Started:
    """A training that is about to make its first step.

    Attributes:
        done: steps that were made before it was resumed.
        epochs: all epochs, the last of which `max_steps` may cut short.
        steps: all steps, the ones already made included.
        metric: the one to look at first; None if the loss is all that is measured.
        files: where each split was read from.
        notes: warnings for people: a fallback, what a resumed training does otherwise than before.
        position: steps that were made of the epoch that it begins with.
        columns: of a table; none for other data.
        found_rate: the largest rate, where a range test has found it.
    """

    run: Path
    network: Network
    examples: int
    epochs: int
    done: int
    steps: int
    workers: int
    metric: Metric | None
    files: Mapping[str, str]
    notes: tuple[str, ...]
    steps_per_epoch: int
    position: int
    columns: tuple[ColumnReport, ...] = ()
    found_rate: float | None = None


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
