"""Records: what a cross-validation tells, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FoldsStarted:
    """A cross-validation whose folds are about to be trained.

    Attributes:
        at_once: how many folds are trained side by side.
        epochs: of each fold, the last of which may never be reached.
        notes: warnings for people.
    """

    path: Path
    folds: int
    at_once: int
    epochs: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FoldStarted:
    """A fold that is trained from now on.

    Attributes:
        done: steps that were made before it was resumed.
        found_rate: the largest rate, where a range test on its training examples has found it.
    """

    fold: int
    done: int
    found_rate: float | None = None


@dataclass(frozen=True)
class FoldEpoch:
    """A fold has made an epoch."""

    fold: int
    epoch: int


@dataclass(frozen=True)
class FoldEnded:
    """A fold that is trained no more.

    Attributes:
        result: what folds.json holds of it.
    """

    fold: int
    result: Mapping[str, Any]


@dataclass(frozen=True)
class FoldsFinished:
    """A cross-validation that has ended.

    Attributes:
        status: "completed" or "interrupted".
        summary: what folds.json holds.
    """

    path: Path
    status: str
    summary: Mapping[str, Any]
