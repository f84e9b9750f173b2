"""Announced: the memory that `nnfs check` announces, beside the peak of the training that it announces it for."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.commands import CONFIGS, nnfs, program, settings
from benchmarks.environment import without_openblas_variables
from benchmarks.footprint import Watch
from benchmarks.plan import Plan, need_mnist
from benchmarks.report import table_head, table_line

TITLE = "Memory announced and taken"
HEAD = (
    "MiB that `nnfs check` announces, and the peak of all processes of `nnfs train`, pages that are shared split.\n\n"
)
HEAD += table_head("", "workers", "announced", "taken", "announced / taken")
ROWS, COLUMNS = 200_000, 20
SHORT = settings(training__epochs=1)
OWN = {
    "regression on 200,000 x 20 cells": """
dataset: {type: csv, train: table.csv, target: y}
model: {layers: [{type: dense, units: 64}, relu, {type: dense, units: 1}]}
loss: mse
optimizer: {type: adam, lr: 1e-3}
training: {epochs: 1, batch_size: 256}
""",
    "three layers of 4096 units, adam": """
dataset: {type: digits}
model: {layers: [flatten, {type: dense, units: 4096}, relu, {type: dense, units: 4096}, relu,
  {type: dense, units: 4096}, relu, {type: dense, units: 10}]}
optimizer: {type: adam, lr: 1e-4}
training: {epochs: 1, batch_size: 128}
""",
    "convolutions, batches of 512": """
dataset: {type: digits, size: 28}
model: {layers: [{type: conv2d, filters: 16, kernel_size: 3, padding: 1}, relu, max_pool2d,
  {type: conv2d, filters: 32, kernel_size: 3, padding: 1}, relu, flatten, {type: dense, units: 10}]}
optimizer: {type: adam, lr: 1e-3}
training: {epochs: 1, batch_size: 512}
""",
}


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a configuration and number of workers."""
    need_mnist()
    with tempfile.TemporaryDirectory() as folder:
        for title, config, options in _configurations(Path(folder)):
            for workers in plan.worker_counts:
                asked = [str(config), "--data-dir", _data_dir(config, folder), *options]
                yield {"title": title, "workers": workers, **_measured(asked, workers, folder)}


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    announced, taken = entry["announced"], entry["taken"]
    numbers = (f"{announced:.0f}", f"{taken:.0f}", f"{announced / taken:.2f}")
    return table_line(entry["title"], str(entry["workers"]), *numbers)


def _measured(asked: list[str], workers: int, folder: str) -> dict[str, float]:
    """MiB announced and taken."""
    checked = nnfs("check", *asked, "--json", *settings(training__workers=workers))
    command = [program(), "train", *asked, "--quiet", "--workers", str(workers), "--runs-dir", f"{folder}/runs"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=without_openblas_variables(), **pipes) as process, Watch(process.pid) as watch:
        _, error = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}\n{error.decode()}")
    return {"announced": json.loads(checked.output)["memory_bytes"] / 2**20, "taken": watch.peak_mib}


def _configurations(folder: Path) -> Iterator[tuple[str, Path, list[str]]]:
    for name in ("mnist_dense", "mnist_cnn", "digits_cnn"):
        yield f"{name}.yaml", CONFIGS / f"{name}.yaml", SHORT
    _write_table(folder / "table.csv")
    for number, (title, text) in enumerate(OWN.items()):
        path = folder / f"own-{number}.yaml"
        path.write_text(text)
        yield title, path, []


def _data_dir(config: Path, folder: str) -> str:
    return os.environ.get("NNFS_DATA_DIR", "data") if config.parent == CONFIGS else folder


def _write_table(path: Path) -> None:
    rng = np.random.default_rng(0)
    cells = rng.standard_normal((ROWS, COLUMNS))
    table = np.column_stack([cells, cells @ rng.standard_normal(COLUMNS)])
    header = ",".join([*(f"x{column}" for column in range(COLUMNS)), "y"])
    np.savetxt(path, table, fmt="%.6f", delimiter=",", header=header, comments="")
