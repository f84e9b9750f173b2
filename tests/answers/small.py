"""Small: one training in double precision whose every step can be made again by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.answers.independent.preparation import input_scale, target_scale

SEED, EXAMPLES, BATCH, UNITS = 5, 257, 64, 8
OPTIMIZERS = {
    "sgd": {"optimizer": {"type": "sgd", "lr": 0.05, "momentum": 0.9}},
    "adam": {
        "optimizer": {"type": "adam", "weight_decay": 0.01},
        "scheduler": {"type": "one_cycle", "max_lr": 0.05},
    },
}
RATES = {"sgd": "optimizer.lr", "adam": "scheduler.max_lr"}


def make_small(task: str, optimizer: str, folder: Path, **training: Any) -> tuple[np.ndarray, np.ndarray]:
    """Write `small.yaml` and its data for three classes or two values; x and y as they are.

    Args:
        training: keys of that section.
    """
    rng = np.random.default_rng(11)
    x = np.concatenate([rng.normal(size=(EXAMPLES, 4)), 1.6e9 + rng.integers(0, 100, (EXAMPLES, 1))], axis=1)
    scores = x[:, :3] + 0.3 * rng.normal(size=(EXAMPLES, 3))
    y = scores.argmax(axis=1) if task == "classes" else np.array([3e5, -7.0]) + scores[:, :2] * [6e4, 0.01]
    np.savez(folder / "train.npz", x=x, y=y)
    settings = {
        "seed": SEED,
        "dataset": {"type": "npz", "train": "train.npz", "validation": 0, "standardize": True},
        "model": {"layers": [{"type": "dense", "units": UNITS}, "relu", {"type": "dense", "units": outputs(task)}]},
        "loss": "cross_entropy" if task == "classes" else "mse",
        **OPTIMIZERS[optimizer],
        "training": {"epochs": 2, "batch_size": BATCH, "dtype": "float64", "monitor": "train_loss", **training},
    }
    (folder / "small.yaml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))
    return x, y


def outputs(task: str) -> int:
    """How many scores the network gives."""
    return 3 if task == "classes" else 2


def prepared(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the network learns from: standardized inputs, class numbers or standardized values."""
    scaled = input_scale(x, standardize=True).apply(x)
    return scaled, y if y.ndim == 1 else target_scale(y, standardize=True).apply(y)
