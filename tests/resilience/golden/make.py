"""Make: the golden checkpoint of this format and what it must say, for all later versions to read.

python -m tests.resilience.golden.make

Only a new format makes new files; those of an older format stay as they are.
"""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from nnfs_cli.config import from_mapping
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import checkpoint, machine
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.train import train
from tests.sessions.trainings import Stop, end_of, go_on

HERE = Path(__file__).parent
TABLE = HERE / "table.csv"
CHECKPOINT, ANSWERS = (HERE / f"format-{checkpoint.FORMAT}{suffix}" for suffix in (".safetensors", ".json"))
STOPPED_IN = 7
LAYERS = [{"type": "dense", "units": 4}, "relu", {"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 2}]
CONFIG = {
    "seed": 11,
    "dataset": {"type": "csv", "train": TABLE.name, "target": "kind", "validation": 8},
    "model": {"layers": LAYERS},
    "optimizer": {"type": "adam", "weight_decay": 0.01},
    "scheduler": {"type": "one_cycle", "max_lr": 0.05},
    "training": {
        "epochs": 4,
        "batch_size": 8,
        "workers": 1,
        "gradient_clip_norm": 1.0,
        "early_stopping": {"patience": 3},
    },
}
"""Stopped in step 7 of 16, the third of the second epoch."""
MACHINE = {
    "versions": {"nnfs": "0.1.0", "python": "3.11.0", "numpy": "2.0.0"},
    "processor": "an abacus",
    "blas": {"name": "beads", "version": "1", "environment": {}},
}


def rows() -> str:
    """A table of words and numbers, and of two kinds of things."""
    lines = (f"{('red', 'green', 'blue')[k % 3]},{k % 7 * 1.5},{('mug', 'cup')[k // 2 % 2]}" for k in range(40))
    return "\n".join(["colour,size,kind", *lines]) + "\n"


def answers(path: Path) -> list[list[float]]:
    """What a checkpoint says of four examples: three colours as one-hot columns, and a size."""
    examples = np.hstack([np.eye(4, 3), np.array([[0.0], [3.0], [4.5], [9.0]])])
    return load_predictor(checkpoint.read(path)).predict(examples).tolist()


def finish(path: Path, folder: Path) -> dict[str, Any]:
    """Go on from a checkpoint to the end of its training, in a folder of its own."""
    run = RunDirectory(folder / "runs" / "golden")
    run.last.parent.mkdir(parents=True)
    shutil.copy(path, run.last)
    shutil.copy(TABLE, folder)
    finished = go_on(Locator(folder), run.path)
    with open(run.metrics, newline="", encoding="utf-8") as file:
        history = list(csv.DictReader(file))
    return {
        "status": finished.status,
        "answers": answers(run.last),
        "losses": [[float(row["train_loss"]), float(row["val_loss"])] for row in history],
    }


def main() -> None:
    """Train, stop, keep the checkpoint; then go on, and keep what came out."""
    TABLE.write_text(rows())
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(machine, "describe", return_value=MACHINE),
        mock.patch.object(time, "perf_counter", side_effect=map(float, itertools.count())),
    ):
        config, locator = from_mapping(CONFIG, "golden", ()), Locator(HERE)
        finished = end_of(train(config, locator, runs_dir=Path(folder), should_stop=Stop(STOPPED_IN)))
        shutil.copy(RunDirectory(finished.run).last, CHECKPOINT)
        found = {"answers": answers(CHECKPOINT), "finished": finish(CHECKPOINT, Path(folder) / "finished")}
    ANSWERS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
