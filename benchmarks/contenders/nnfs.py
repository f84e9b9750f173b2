"""This program, through the path that `nnfs train` takes: checkpoints and metrics on."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.kernels import kernels, threads
from nnfs_cli.config import from_mapping
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs.machine import describe
from nnfs_cli.sessions.records import Finished
from nnfs_cli.sessions.train import train as train_session

from serve import serve


def prepare(workload: dict[str, Any], workers: int) -> Callable[[int], float]:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    dataset = dataset_of(workload, folder)
    config = {
        "dataset": {**dataset, "validation": 0},
        "model": {"layers": workload["layers"]},
        "optimizer": "adam",
        "scheduler": {"type": "one_cycle", "max_lr": 1e-3},
        "training": {"epochs": 1, "batch_size": workload["batch"], "workers": workers or "auto"},
    }

    def train(steps: int) -> float:
        examples = 60_000 if workload["data"] == "mnist" else 10_000 if workload["data"] == "random-32" else 1437
        epochs = -(-steps * workload["batch"] // examples)
        resolved = {**config, "training": {**config["training"], "epochs": epochs, "max_steps": steps}}
        locator = Locator(Path(os.environ.get("NNFS_DATA_DIR", "data")))
        for record in train_session(from_mapping(resolved, "benchmark"), locator, runs_dir=folder / "runs"):
            match record:
                case Finished():
                    summary = record.summary
                    shutil.rmtree(record.run)
        return summary["samples_per_second"]

    return train


def dataset_of(workload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The data set of a workload as a configuration names it."""
    if workload["data"] != "random-32":
        return {"type": workload["data"]}
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (10_000, 3, 32, 32), dtype=np.uint8), rng.integers(0, 10, 10_000)
    np.savez(folder / "random.npz", x=x, y=y)
    return {"type": "npz", "train": str(folder / "random.npz")}


def description() -> str:
    machine = describe()
    blas = f"OpenBLAS {machine['blas']['version']}, {kernels()} kernels, threads of each worker: {threads()}"
    return f"nnfs {machine['versions']['nnfs']}, NumPy {np.__version__}, {blas}"


if __name__ == "__main__":
    serve(prepare, description)
