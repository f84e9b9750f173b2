"""Tiny trainings: a configuration, the records of a run, and what it leaves on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.config import Config, from_mapping
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.records import Finished
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from nnfs_cli.training.records import EpochDone, StepDone

TIMINGS = 2
"""The last two columns of metrics.csv, which no two trainings share."""

CONFIG = {
    "seed": 5,
    "dataset": {"type": "npz", "train": "flowers.npz"},
    "model": {"layers": [{"type": "dense", "units": 6}, "relu", {"type": "dense", "units": 3}]},
    "optimizer": {"type": "sgd", "lr": 0.1, "momentum": 0.9},
    "training": {"epochs": 3, "batch_size": 8, "workers": 1, "checkpoint_every": {"steps": 2}},
}

DROPOUT = [{"type": "dense", "units": 8}, "relu", {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 3}]
KINDS = {
    "momentum": {},
    "adam and one cycle": {
        "optimizer": {"type": "adam", "weight_decay": 0.01},
        "scheduler": {"type": "one_cycle", "max_lr": 0.05},
    },
    "dropout and step": {"model": {"layers": DROPOUT}, "scheduler": {"type": "step", "max_lr": 0.1, "step_size": 1}},
    "adam and cosine": {"optimizer": "adam", "scheduler": {"type": "cosine", "max_lr": 0.05}},
}
EARLY = "training.early_stopping={patience: 2, min_delta: 0.3}"


class Stop:
    """Asks a training to stop in its n-th step."""

    def __init__(self, after: int):
        self.after = after

    def __call__(self) -> bool:
        self.after -= 1
        return self.after == 0


def flowers(count: int = 42, seed: int = 0) -> dict[str, np.ndarray]:
    """Three clouds in four dimensions."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 3
    return {"x": (rng.standard_normal((count, 4)) + 1.5 * np.eye(3, 4)[y]).astype(np.float32), "y": y}


def configured(*overrides: str, **sections: Any) -> Config:
    """`CONFIG` with sections in the place of its own, and overrides."""
    return from_mapping({**CONFIG, **sections}, "tiny", overrides)


def start(locator: Locator, *overrides: str, stop: int = 0, name: str | None = None, **sections: Any) -> Finished:
    """Train from the first step; stop in step `stop`."""
    runs = locator.data_dir / "runs"
    records = train(configured(*overrides, **sections), locator, runs_dir=runs, name=name, should_stop=Stop(stop))
    return end_of(records)


def go_on(locator: Locator, run: Path, *overrides: str, stop: int = 0) -> Finished:
    """Resume; stop in the `stop`-th step from there."""
    return end_of(resume(run, overrides, locator, should_stop=Stop(stop)))


def end_of(records: Iterator[Any]) -> Finished:
    """The last record."""
    *_, finished = records
    return finished


def steps_of(records: Iterator[Any]) -> list[StepDone]:
    """The steps among the records."""
    return [record for record in records if hasattr(record, "loss")]


def epochs_of(records: Iterator[Any]) -> list[EpochDone]:
    """The epochs among the records."""
    return [record for record in records if hasattr(record, "row")]


def without_timings(row: dict[str, Any]) -> dict[str, Any]:
    """A row of metrics, the same in two equal trainings."""
    return dict(list(row.items())[:-TIMINGS])


def remains(run: Path) -> dict[str, Any]:
    """All that two equal trainings have in common: tensors, rows, and where they are."""
    files = RunDirectory(run)
    saved = checkpoint.read(files.last)
    progress = saved.state["training"]["progress"]
    return {
        "tensors": {name: array.tobytes() for name, array in saved.tensors.items()},
        "best": {name: array.tobytes() for name, array in checkpoint.read(files.best).tensors.items()},
        "optimizer": saved.state["training"]["optimizer"],
        "scheduler": saved.state["training"]["scheduler"],
        "place": [progress[name] for name in ("step", "epoch", "position", "lowest", "waited", "ended")],
        "steps": files.steps.read_bytes(),
        "metrics": [line.split(",")[:-TIMINGS] for line in files.metrics.read_text().splitlines()],
    }


def lines(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text().splitlines())
