"""What the tests of cross-validation read: the tables and figures that it leaves, and tables to learn from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

FLOWERS = """\
dataset: {type: csv, train: flowers.csv, target: kind, drop: [plot, count, price]}
model: {layers: [{type: dense, units: 6}, relu, {type: dense, units: 3}]}
loss: cross_entropy
optimizer: {type: adam, lr: 3e-2}
training: {epochs: 4, batch_size: 16}
"""
KINDS = ("lily", "rose", "tulip")


def write_flowers(path: Path = Path("flowers.csv"), rows: int = 90) -> None:
    """Three kinds by two numbers and a word, in groups (`plot`) of different sizes, with weights and a price."""
    rng = np.random.default_rng(0)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["length", "width", "colour", "plot", "count", "price", "kind"])
        for row in range(rows):
            kind = int(rng.integers(3))
            length, width = rng.normal(kind, 0.7), rng.normal(-kind, 0.7)
            writer.writerow(
                [
                    round(length, 3),
                    round(width, 3),
                    ("red", "white")[int(rng.integers(2))],
                    f"p{int(rng.integers(12)) ** 2 // 10}",
                    1 + row % 3,
                    round(3 * length - width + 10, 3),
                    KINDS[kind],
                ]
            )


def read(path: str | Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def answers(folder: str | Path) -> list[dict[str, str]]:
    """The rows of out-of-fold.csv."""
    return read(Path(folder, "out-of-fold.csv"))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    """The numbers of a column."""
    return np.array([float(row[name]) for row in rows])


def summary(folder: str | Path) -> dict[str, Any]:
    """What folds.json holds."""
    return json.loads(Path(folder, "folds.json").read_text())


def untimed(folder: str | Path) -> dict[str, Any]:
    """What folds.json holds, without times."""
    known = summary(folder)
    known["seconds"] = 0
    for run in known["runs"]:
        run["seconds"] = 0
    return known


def weights(run: Path, name: str = "last") -> bytes:
    """The bytes of all weights and slots of a checkpoint."""
    data = (run / "checkpoints" / f"{name}.safetensors").read_bytes()
    return data[8 + int.from_bytes(data[:8], "little") :]


def without_times(table: Path) -> list[list[str]]:
    """The rows of metrics.csv but for their last two columns."""
    return [line.split(",")[:-2] for line in table.read_text().splitlines()]


def assert_same(one: str | Path, other: str | Path) -> None:
    """The same bytes in all folds, and of all folds together."""
    runs = sorted(path.name for path in Path(one).glob("fold-*"))
    assert runs == sorted(path.name for path in Path(other).glob("fold-*"))
    for run in runs:
        a, b = Path(one, run), Path(other, run)
        for name in ("last", "best"):
            assert weights(a, name) == weights(b, name)
        assert without_times(a / "metrics.csv") == without_times(b / "metrics.csv")
        assert (a / "steps.csv").read_bytes() == (b / "steps.csv").read_bytes()
    assert Path(one, "out-of-fold.csv").read_bytes() == Path(other, "out-of-fold.csv").read_bytes()
    assert untimed(one) == untimed(other)
