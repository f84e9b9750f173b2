"""Summary: what became of each fold, and their figures together, for folds.json."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnfs_cli.config import Config
from nnfs_cli.runs.folds import FoldsDirectory, write
from nnfs_cli.sessions.recovery import ended_as

Figures = Mapping[str, float | None]


class FoldsSummary:
    """The content of folds.json while the folds are trained.

    Args:
        folder: where it is written.
        config: of all folds.
        folds: how many there are.
    """

    def __init__(self, folder: FoldsDirectory, config: Config, folds: int):
        self._folder, self._config = folder, config
        self.runs: list[dict[str, Any]] = [
            {"fold": fold, "run": folder.run(fold).name, "status": _status(folder.run(fold))}
            for fold in range(1, folds + 1)
        ]
        self._together: dict[str, Any] = {}

    def note(self, fold: int, **known: Any) -> None:
        """Note what is known of a fold."""
        self.runs[fold - 1] |= known

    def complete(self, examples: int, pooled: Figures) -> None:
        """Note the figures of all folds together, once each of them is measured.

        Args:
            examples: how many there are in all folds.
            pooled: the figures over all of them.
        """
        each = [run["metrics"] for run in self.runs]
        self._together = {
            "examples": examples,
            "metrics": {
                name: {**spread_of([figures[name] for figures in each]), "pooled": pooled.get(name)} for name in each[0]
            },
        }

    def write(self, status: str) -> dict[str, Any]:
        """Write it, and return what it holds.

        Raises:
            MachineError: the disk refuses.
        """
        seconds = [run["seconds"] for run in self.runs if "seconds" in run]
        summary = {
            "status": status,
            "name": self._config.name,
            "seed": self._config.seed,
            "folds": len(self.runs),
            **self._together,
            "seconds": sum(seconds),
            "runs": self.runs,
        }
        write(self._folder, summary)
        return summary


def _status(run: Path) -> str:
    return ended_as(run) if run.is_dir() else "waiting"


def spread_of(values: Sequence[float | None]) -> dict[str, float | None]:
    """Mean and standard deviation (n - 1 in the denominator) over folds; None where one of them has no value."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return {"mean": None, "std": None}
    return {"mean": statistics.fmean(known), "std": statistics.stdev(known)}
