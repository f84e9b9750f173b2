"""Accuracy: how long it takes to become good."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.commands import nnfs, settings, train
from benchmarks.plan import Plan, need_mnist
from benchmarks.report import table_head, table_line

TITLE = "Time to accuracy"
HEAD = "On the test images, which no training has seen. The whole command also starts, reads the data and saves.\n\n"
HEAD += table_head("", "seed", "training, s", "whole command, s", "accuracy", "target")
TARGETS = {"mnist_fast.yaml": 0.98, "mnist_fast_cnn.yaml": 0.99}
SEEDS = (0, 1, 2)


def measure(plan: Plan) -> Iterator[dict[str, Any]]:
    """An entry a configuration and seed: seconds, and the accuracy on the test split."""
    need_mnist()
    with tempfile.TemporaryDirectory() as folder:
        for config, target in TARGETS.items():
            for seed in SEEDS:
                yield {"config": config, "target": target, **_one(config, seed, plan.workers, Path(folder))}


def _one(config: str, seed: int, workers: int, folder: Path) -> dict[str, Any]:
    options = ["--seed", seed, "--workers", workers, *settings(dataset__fallback="null")]
    seconds, summary = train(config, folder, *options)
    report = json.loads(nnfs("evaluate", summary["run"], "--json").output)
    return {
        "seed": seed,
        "training_seconds": summary["training_seconds"],
        "wall_seconds": seconds,
        "accuracy": report["accuracy"],
    }


def lines(entry: dict[str, Any]) -> str:
    """One line."""
    seconds = (f"{entry[key]:.2f}" for key in ("training_seconds", "wall_seconds"))
    accuracy, target = f"{100 * entry['accuracy']:.2f} %", f"{100 * entry['target']:.0f} %"
    return table_line(entry["config"], str(entry["seed"]), *seconds, accuracy, target)
