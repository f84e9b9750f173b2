"""Checkpoints: what it costs to be able to go on, and to look back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.environment import one_thread, without_openblas_variables
from benchmarks.plan import Plan, need_mnist
from benchmarks.report import table_head, table_line

TITLE = "The cost of recording"
HEAD = (
    "The whole of `mnist_cnn.yaml` at its defaults: a checkpoint after every epoch, two where it is the best so\n"
    "far, and one at either end. `curves.png` is drawn once, after the training.\n\n"
) + table_head("", "seconds", "share of the training time")


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a kind of file: seconds, and their share of the seconds spent in training steps."""
    need_mnist()
    environment = one_thread(without_openblas_variables())
    command = [sys.executable, "-m", "benchmarks.recording", "mnist_cnn.yaml", str(plan.workers)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    figures = json.loads(done.stdout)
    training = figures["training_seconds"]
    for part, seconds in (*figures["parts"].items(), ("all but curves.png", figures["recording_seconds"])):
        yield {"part": part, "seconds": seconds, "share": seconds / training, "training_seconds": training}


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    return table_line(entry["part"], f"{entry['seconds']:.3f}", f"{100 * entry['share']:.2f} %")
