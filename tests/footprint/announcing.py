"""Announcing: configurations, the data that they read, and what is announced for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnfs_cli.build import build_parts, footprint_of, locator_of
from nnfs_cli.config import Config, from_mapping
from nnfs_cli.data.dataset import Dataset
from nnfs_cli.data.prepare import prepare
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.footprint import Footprint
from tests.data.samples import write_pictures

LAST = {"type": "dense", "units": 10}
CONV = [{"type": "conv2d", "filters": 3, "kernel_size": 3}, "relu", "max_pool2d", "flatten", LAST]
BLOCKS = [
    {"type": "conv2d", "filters": 3, "kernel_size": 3, "padding": 1},
    {"type": "residual", "layers": [{"type": "conv2d", "filters": 3, "kernel_size": 3, "padding": 1}, "relu"]},
    *("relu", "flatten", LAST),
]
WIDE = ["flatten", {"type": "dense", "units": 300}, "relu", LAST]
ADAM, SGD = {"type": "adam", "lr": 0.01}, {"type": "sgd", "lr": 0.01}


def config(layers=WIDE, optimizer=ADAM, dataset="digits", loss="cross_entropy", **training):
    settings = {"epochs": 1, "batch_size": 32, "workers": 1, **training}
    sections = {"dataset": dataset, "model": {"layers": layers}, "loss": loss, "optimizer": optimizer}
    return from_mapping({**sections, "training": settings}, "x")


def announced(**settings) -> Footprint:
    return footprint_of(build_parts(config(**settings), Locator(Path())))


def read_data(wanted: Config, locator: Locator) -> Dataset:
    return prepare(wanted.dataset.make(), locator_of(wanted, locator), wanted.data, seed=wanted.seed)


def files(folder: Path) -> dict[str, dict]:
    """A small data set of every kind that has files of its own."""
    rng = np.random.default_rng(0)
    for name, count in (("train", 60), ("test", 20)):
        np.savez(folder / f"{name}.npz", x=rng.random((count, 5)), y=rng.random((count, 2)))
        np.savez(folder / f"{name}4.npz", x=rng.random((count, 5), np.float32), y=rng.random((count, 2), np.float32))
        np.savez(folder / f"{name}8.npz", x=rng.integers(0, 256, (count, 4, 4), np.uint8), y=np.arange(count) % 3)
        rows = "".join(f"{k},{k % 7}.1,{'red' if k % 2 else 'blue'},{k}.25\n" for k in range(count))
        write_pictures(folder / name, count // 4)
        (folder / f"{name}.csv").write_text("a,b,c,y\n" + rows.rstrip("\n" if name == "test" else ""))
    both = {"train": "train.npz", "test": "test.npz"}
    return {
        "values": {"type": "npz", **both},
        "single": {"type": "npz", "train": "train4.npz", "test": "test4.npz"},
        "pixels": {"type": "npz", "train": "train8.npz", "test": "test8.npz", "validation": 12},
        "table": {"type": "csv", "train": "train.csv", "test": "test.csv", "target": "y"},
        "one table": {"type": "csv", "train": "train.csv", "test": 0.25, "validation": 0.2, "target": "y"},
        "its own validation": {"type": "csv", "train": "train.csv", "validation": "test.csv", "target": "y"},
        "limited": {"type": "npz", **both, "limit": 31},
        "nothing held out": {"type": "npz", **both, "validation": 0},
        "pictures": {"type": "images", "size": [7, 5], "train": "train", "test": "test", "channels": 1},
        "shares of pictures": {"type": "images", "size": 9, "train": "train", "test": 0.25, "validation": 5},
        "digits": {"type": "digits"},
        "large digits": {"type": "digits", "size": 12, "limit": 100, "validation": 0.3},
    }
