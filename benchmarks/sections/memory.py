"""Memory: whether a long training grows."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

from benchmarks.commands import CONFIGS, program, settings
from benchmarks.environment import without_openblas_variables
from benchmarks.footprint import footprint
from benchmarks.plan import Plan, Skipped
from benchmarks.report import table_head, table_line

TITLE = "Memory of a long training"
EARLY, LATE = 20, 200
MORE = 10
HEAD = f"All processes of `nnfs train digits_dense.yaml`, after epoch {EARLY} and after epoch {LATE}, in MiB.\n\n"
HEAD += table_head("", f"epoch {EARLY}", f"epoch {LATE}", "growth")


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a number of workers: memory early, late, and what it grew by, all in MiB."""
    for workers in reversed(plan.worker_counts):
        looks = _looks(workers)
        if None in looks.values():
            raise Skipped("this system does not tell the memory of processes that share some")
        yield {"workers": workers, "early": looks[EARLY], "late": looks[LATE], "growth": looks[LATE] - looks[EARLY]}


def _looks(workers: int) -> dict[int, float | None]:
    """MiB by epoch. The training goes on for some epochs more, so that it has not ended when it is looked at."""
    options = ["--workers", str(workers), *settings(training__epochs=LATE + MORE)]
    with tempfile.TemporaryDirectory() as folder:
        command = [program(), "train", str(CONFIGS / "digits_dense.yaml"), *options, "--runs-dir", folder]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=without_openblas_variables(), **pipes) as process:
            epochs = (int(found[1]) for line in process.stderr if (found := re.match(r" *(\d+)/\d+ ", line)))
            return {epoch: footprint(process.pid) for epoch in epochs if epoch in (EARLY, LATE)}


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    numbers = (f"{entry[key]:.1f}" for key in ("early", "late", "growth"))
    return table_line(f"workers: {entry['workers']}", *numbers)
