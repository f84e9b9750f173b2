"""Tiny data sets on disk, one for every source."""

from __future__ import annotations

import csv
import gzip
import io
import struct
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image


def idx_bytes(array: np.ndarray, kind: int = 0x08) -> bytes:
    """An IDX file of this array."""
    return struct.pack(f">4B{array.ndim}I", 0, 0, kind, array.ndim, *array.shape) + array.tobytes()


def write_idx_files(folder: Path, train: int = 40, test: int = 20) -> None:
    """MNIST's four files with random images, gzipped."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for part, count in (("train", train), ("t10k", test)):
        images, labels = rng.integers(0, 256, (count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8) % 10
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(images)))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(labels)))


def write_csv(path: Path, text: str) -> Path:
    """A text file, byte for byte."""
    path.write_bytes(text.encode())
    return path


def write_table(path: Path, rows: int) -> None:
    """A table of numbers and words with three classes."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "colour", "species"])
        writer.writerows([row / 7, ("red", "green")[row % 2], ("cat", "dog", "owl")[row % 3]] for row in range(rows))


def write_pictures(folder: Path, count: int) -> None:
    """Two class folders of grey squares."""
    for name, level in (("dark", 10), ("light", 240)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (6, 5), level + number).save(folder / name / f"{number}.png")


def cifar_records(count: int, seed: int = 0) -> bytes:
    """Records of CIFAR-10 with random pixels, the classes in turn."""
    records = np.random.default_rng(seed).integers(0, 256, (count, 3073), np.uint8)
    records[:, 0] = np.arange(count) % 10
    return records.tobytes()


def write_cifar(folder: Path) -> None:
    """The six unpacked files of CIFAR-10."""
    folder.mkdir(parents=True)
    for number in range(1, 6):
        (folder / f"data_batch_{number}.bin").write_bytes(cifar_records(10, number))
    (folder / "test_batch.bin").write_bytes(cifar_records(10))


def write_archive(path: Path, members: dict[str, bytes], links: dict[str, str] | None = None) -> None:
    """A .tar.gz of these files and links."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
