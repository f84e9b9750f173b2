"""Start-up: how long people wait for the shell to come back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.commands import CONFIGS, nnfs, settings, train
from benchmarks.plan import Plan
from benchmarks.report import spread, table_head, table_line

TITLE = "Start-up"
HEAD = "Seconds from the start of a command to its end.\n\n" + table_head("", "median", "min", "max", "target")
DIGITS = "digits_dense.yaml"


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a command: seconds of every round, after one that fills the file caches."""
    with tempfile.TemporaryDirectory() as folder:
        for name, target, command in _commands(Path(folder)):
            nnfs(*command)
            seconds = [nnfs(*command).seconds for _ in range(plan.rounds)]
            yield {"command": name, "target": target, "seconds": seconds, **spread(seconds)}


def _commands(folder: Path) -> Iterator[tuple[str, float, list[object]]]:
    """What is measured: a name, the seconds it may take, and arguments."""
    yield "nnfs --help", 0.15, ["--help"]
    run = train(DIGITS, folder, *settings(training__epochs=1))[1]["run"]
    np.save(folder / "row.npy", np.zeros((1, 1, 8, 8), np.float32))
    yield "nnfs predict RUN row.npy", 0.5, ["predict", run, folder / "row.npy"]
    epochs = settings(training__epochs=30)
    yield f"nnfs train {DIGITS}, 30 epochs", 2.0, ["train", CONFIGS / DIGITS, *epochs, "--runs-dir", folder]


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    return table_line(entry["command"], *(f"{entry[key]:.2f}" for key in ("median", "min", "max", "target")))
