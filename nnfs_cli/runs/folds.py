"""Folds: a directory with a run for each fold of a cross-validation, and what all of them give together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.errors import CheckpointError
from nnfs_cli.runs import durable, files
from nnfs_cli.text import shown

MOST, LARGEST = 100, 1 << 20
"""How many folds there may be, and how many bytes the file that tells of them."""


@dataclass(frozen=True)
class FoldsDirectory:
    """The names of the files of a cross-validation."""

    path: Path

    @property
    def config(self) -> Path:
        """The resolved configuration of all folds."""
        return self.path / "config.yaml"

    @property
    def summary(self) -> Path:
        """What became of each fold, and the figures."""
        return self.path / "folds.json"

    @property
    def answers(self) -> Path:
        """What is said of every example by the network that has not learned from it."""
        return self.path / "out-of-fold.csv"

    def run(self, fold: int) -> Path:
        """The directory of a fold, counted from 1."""
        return self.path / f"fold-{fold}"


@dataclass(frozen=True)
class Started:
    """What has to be known to go on: how many folds there are, and what the configuration is called."""

    folds: int
    name: str


def are_in(path: Path) -> bool:
    """Whether a directory holds the folds of a cross-validation."""
    return FoldsDirectory(path).summary.is_file()


def find(run: str, runs_dir: Path) -> FoldsDirectory | None:
    """The folds that a user means by a path or a name; None if these are of something else."""
    return next((FoldsDirectory(path) for path in (Path(run), runs_dir / run) if are_in(path)), None)


def refuse(path: Path) -> None:
    """Refuse folds where a run is expected.

    Raises:
        CheckpointError: they are in this directory.
    """
    if are_in(path):
        numbers = [fold for fold in range(1, MOST + 1) if (FoldsDirectory(path).run(fold) / "checkpoints").is_dir()]
        folds = ", ".join(f"fold-{fold}" for fold in numbers) or "none of which has begun"
        raise CheckpointError(
            f"{shown(str(path))}: holds the folds of a cross-validation: {folds}. "
            f"Name the run of a fold, such as {shown(str(FoldsDirectory(path).run(1)))}."
        )


def started(folder: FoldsDirectory) -> Started:
    """What was started in a directory.

    Raises:
        CheckpointError: its folds.json is not what a cross-validation writes.
        MachineError: something else stands where its files are expected.
    """
    for path in (folder.config, folder.summary):
        with durable.explained(path):
            files.require_plain(path)
    try:
        summary = json.loads(files.read(folder.summary, LARGEST))
        folds, name = summary["folds"], summary["name"]
        if type(folds) is int and 2 <= folds <= MOST and type(name) is str:
            return Started(folds, name)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    raise CheckpointError(
        f"{folder.summary}: expected what nnfs train --folds writes. "
        f"Train again: nnfs train {folder.config} --folds NUMBER."
    )


def require_own(folder: FoldsDirectory, fold: int) -> None:
    """Refuse a fold that lies elsewhere.

    Raises:
        CheckpointError: its directory is a link.
    """
    try:
        files.require_folder(folder.run(fold))
    except (files.NotPlain, NotADirectoryError) as error:
        raise CheckpointError(f"{folder.run(fold)}: {error.strerror}.") from None


def write(folder: FoldsDirectory, summary: Mapping[str, Any]) -> None:
    """Replace the file that tells of the folds.

    Raises:
        MachineError: the disk refuses.
    """
    durable.replace(folder.summary, json.dumps(summary, indent=2, allow_nan=False) + "\n")
