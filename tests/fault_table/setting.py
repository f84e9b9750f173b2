"""Setting: small data sets of every kind, and a configuration that trains on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.data.samples import idx_bytes

CONFIG = """\
dataset: {}
model: {{layers: [flatten, {{type: dense, units: {}}}]}}
loss: {}
optimizer: {{type: sgd, lr: 1e-3}}
training: {{epochs: 2, batch_size: 8, workers: 1}}
"""
COUNT = 24


def configure(dataset: dict[str, Any], outputs: int = 3, loss: str = "cross_entropy") -> None:
    """Write x.yaml, a configuration of a network with one layer."""
    Path("x.yaml").write_text(CONFIG.format(json.dumps(dataset, ensure_ascii=False), outputs, loss))


def features(count: int = COUNT) -> np.ndarray:
    """(count, 2) numbers."""
    return np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)


def labels(count: int = COUNT) -> np.ndarray:
    """(count,) of three classes in turn."""
    return np.arange(count) % 3


def changed(array: np.ndarray, position: Any, value: Any) -> np.ndarray:
    """A copy with one other entry."""
    copy = array.copy()
    copy[position] = value
    return copy


def write_npz(name: str = "t.npz", x: Any = None, y: Any = None) -> None:
    """A .npz file; what is left out is as it should be."""
    np.savez(name, x=features() if x is None else x, y=labels() if y is None else y)


def write_fashion(train_images: np.ndarray, train_labels: np.ndarray, kinds: tuple[int, int] = (0x08, 0x08)) -> None:
    """The four files of fashion_mnist, of which no digest is known, with these to train on."""
    folder = Path("data/fashion_mnist")
    folder.mkdir(parents=True)
    for part, images, answers in (("train", train_images, train_labels), ("t10k", *pictures(10))):
        image_kind, label_kind = kinds if part == "train" else (0x08, 0x08)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(images, image_kind))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(answers, label_kind))


def pictures(count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """(count, 28, 28) bytes and (count,) classes."""
    images = np.random.default_rng(0).integers(0, 256, (count, 28, 28), np.uint8)
    return images, (np.arange(count) % 10).astype(np.uint8)


def table(rows: list[str], header: str = "a,b,kind") -> str:
    """The text of a CSV file."""
    return "".join(f"{line}\n" for line in [header, *rows])


def kinds(count: int = COUNT) -> list[str]:
    """Rows of two numbers and one of three words."""
    return [f"{row / 7:.3f},{row % 5},{('cat', 'dog', 'owl')[row % 3]}" for row in range(count)]
