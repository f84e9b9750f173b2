"""Recording: one training in this process, and the seconds that its recorder takes; JSON on standard output.

python -m benchmarks.recording mnist_cnn.yaml 2
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.commands import CONFIGS
from benchmarks.stopwatch import Stopwatch
from nnfs_cli.build import build
from nnfs_cli.config import load
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs.directory import RunDirectory, create
from nnfs_cli.runs.tables import blocks
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.train import never, record, resolved_config, trainer_of
from nnfs_cli.training.records import EpochDone, StepDone

RECORDING = ("checkpoints", "metrics.csv and steps.csv", "summary.json", "config.yaml and the rest")
CHECKPOINTS, TABLES, SUMMARY, REST = RECORDING
CURVES = "curves.png"


class TimedRecorder(Recorder):
    """A recorder that notes how long it takes, by the kind of file; a kind does not count what another does for it."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.watch = Stopwatch()

    def open(self) -> None:
        with self.watch.timed(REST):
            super().open()

    def step(self, record: StepDone) -> None:
        with self.watch.timed(TABLES):
            super().step(record)

    def epoch(self, record: EpochDone) -> None:
        with self.watch.timed(TABLES):
            super().epoch(record)

    def flush(self) -> None:
        with self.watch.timed(TABLES):
            super().flush()

    def save(self, *, best: bool = False) -> None:
        with self.watch.timed(CHECKPOINTS):
            super().save(best=best)

    def summarize(self, status: str, error: str | None = None) -> dict[str, Any]:
        with self.watch.timed(SUMMARY):
            return super().summarize(status, error)

    def close(self, status: str) -> dict[str, Any]:
        with self.watch.timed(REST):
            return super().close(status)


def measure(config: str, workers: int, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Train a file of configs/ as `nnfs train` does, on the data that it names."""
    with tempfile.TemporaryDirectory() as folder:
        locator = Locator(Path(os.environ.get("NNFS_DATA_DIR", "data")))
        task = build(load(CONFIGS / config, ("dataset.fallback=null", *overrides)), locator)
        trainer = trainer_of(task, workers)
        run = create(Path(folder), "run")
        recorder = TimedRecorder(run, task, trainer, resolved_config(task, workers))
        recorder.open()
        *_, finished = record(recorder, (), never)
        with recorder.watch.timed(CURVES):
            _draw_curves(run)
    return {
        "parts": dict(recorder.watch.seconds),
        "recording_seconds": sum(recorder.watch.seconds[part] for part in RECORDING),
        "training_seconds": finished.summary["training_seconds"],
    }


def _draw_curves(run: RunDirectory) -> None:
    """The import of the library that draws is a part of the cost."""
    from nnfs_cli import plots

    run.curves.write_bytes(plots.curves(blocks(run.metrics), blocks(run.steps), run.path.name))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
