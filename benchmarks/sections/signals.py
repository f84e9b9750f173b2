"""Signals: how soon a training that is told to stop has saved and ended, and whether it can go on."""

from __future__ import annotations

import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.commands import CONFIGS, nnfs, program, settings
from benchmarks.environment import without_openblas_variables
from benchmarks.plan import Plan, need_mnist
from benchmarks.report import table_head, table_line
from nnfs_cli.errors import NnfsError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory

TITLE = "From SIGTERM to the end"
CONFIG = "mnist_dense.yaml"
TARGET = 2.0
SIGNALS_A_ROUND = 20
RESUMED_EVERY = 10
LATEST = 3.0
TERMINATED = 128 + signal.SIGTERM
HEAD = f"Seconds from a signal at a random moment of `nnfs train {CONFIG}` to its end, after saving. A run counts as\n"
HEAD += f"resumable if its checkpoint is whole; every {RESUMED_EVERY}th is resumed for a step as well.\n\n"
HEAD += table_head("", "signals", "median", "99th percentile", "max", "target", "resumable")


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a number of workers: seconds of every signal, and how many of the runs could go on."""
    need_mnist()
    moments = random.Random(0)
    for workers in reversed(plan.worker_counts):
        with tempfile.TemporaryDirectory() as folder:
            delays = [moments.uniform(0, LATEST) for _ in range(SIGNALS_A_ROUND * plan.rounds)]
            ends = [_one(Path(folder), f"run-{number}", workers, delay) for number, delay in enumerate(delays)]
            resumable = sum(_resumable(RunDirectory(run), number) for number, (_, run) in enumerate(ends))
        yield {"workers": workers, "seconds": [seconds for seconds, _ in ends], "resumable": resumable}


def _one(folder: Path, name: str, workers: int, delay: float) -> tuple[float, Path]:
    """Train for a moment and send the signal; the seconds until the program had ended, and its run."""
    options = ["--workers", str(workers), "--name", name, *settings(dataset__fallback="null", training__epochs=100)]
    command = [program(), "train", str(CONFIGS / CONFIG), *options, "--runs-dir", str(folder)]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=without_openblas_variables(), **pipes) as process:
        process.stderr.readline()
        time.sleep(delay)
        began = time.perf_counter()
        process.terminate()
        said = process.stderr.read()
        code = process.wait()
        seconds = time.perf_counter() - began
    if code != TERMINATED:
        sys.exit(f"{' '.join(command)} ended with exit code {code} instead of {TERMINATED}\n{said}")
    return seconds, folder / name


def _resumable(run: RunDirectory, number: int) -> bool:
    """Whether a run ended in order and its checkpoint is whole; now and then whether it really goes on."""
    try:
        step = checkpoint.read(run.last).state["training"]["step"]
    except NnfsError:
        return False
    if number % RESUMED_EVERY == 0:
        nnfs("train", "--resume", run.path, "--quiet", *settings(training__max_steps=step + 1))
        return checkpoint.read(run.last).state["training"]["step"] == step + 1
    return json.loads(run.summary.read_text())["status"] == "interrupted"


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    seconds, count = entry["seconds"], len(entry["seconds"])
    figures = (statistics.median(seconds), percentile_99(seconds), max(seconds), TARGET)
    numbers = (f"{figure:.2f}" for figure in figures)
    return table_line(f"workers: {entry['workers']}", str(count), *numbers, f"{entry['resumable']} of {count}")


def percentile_99(values: list[float]) -> float:
    """The least value that 99 % of all do not exceed."""
    return sorted(values)[-(len(values) // 100) - 1]
