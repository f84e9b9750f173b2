"""CIFAR-10: 60,000 small colour photographs, from the binary release."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import numpy as np

from nnfs_cli.data.formats.download import fetch
from nnfs_cli.data.formats.files import md5, opening, reading
from nnfs_cli.data.locator import Locator, recorded
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Source
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import SOURCES

BATCHES = {"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)}
RECORD = 1 + 3 * 32 * 32
LARGEST_BATCH = 10_000 * RECORD


@SOURCES.register("cifar10")
class CIFAR10(Source):
    """Colour photographs, 32 x 32, of ten kinds of things.

    Read from the `.bin` files under DATA_DIR/cifar10/ (or cifar-10-batches-bin/ there), else from the archive there,
    else downloaded. The archive is never unpacked: six regular files of expected names are read out of the stream.

    Source: A. Krizhevsky 2009, "Learning multiple layers of features from tiny images".
    """

    mirrors = ("https://www.cs.toronto.edu/~kriz/",)
    archive = "cifar-10-binary.tar.gz"
    digest = "c32a1d4ab5d03f1284b67883e8d87530"
    classes = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def spec(self, locator: Locator) -> DataSpec:
        """Known without a file."""
        return DataSpec((3, 32, 32), self.classes, (len(self.classes),))

    def has_own(self, split: str, locator: Locator) -> bool:
        return split in BATCHES

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Known without a file. All records are there beside the arrays that are made of them."""
        examples = {name: 10_000 * len(batches) for name, batches in BATCHES.items()}
        return Size(examples, RECORD - 1, reading=sum(examples.values()) * RECORD)

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """50,000 examples to train and 10,000 to test: x (N, 3, 32, 32) uint8."""
        records = self._records(self._folder(locator), locator)
        return Loaded(self.spec(locator), {name: _split(records, batches) for name, batches in BATCHES.items()})

    def found(self, locator: Locator) -> dict[str, str]:
        """The folder of the files, if they are there."""
        folder = self._folder(locator)
        return recorded({self.type_name: folder}) if self._holds(folder) else {}

    def _folder(self, locator: Locator) -> Path:
        """The folder that holds the files, else the one that they are downloaded to."""
        folders = locator.folders(self.type_name)
        return next((folder for folder in folders if self._holds(folder)), folders[0])

    def _holds(self, folder: Path) -> bool:
        return any(os.path.exists(path) for path in (*_unpacked(folder), folder / self.archive))

    def _records(self, folder: Path, locator: Locator) -> dict[str, Array]:
        for batch in _unpacked(folder):
            if os.path.exists(batch):
                return {name: _read(batch.with_name(name)) for names in BATCHES.values() for name in names}
        path = folder / self.archive
        if os.path.exists(path):
            self._verify(path)
        else:
            fetch(self.mirrors, path, names=path.name, verify=self._verify, progress=locator.progress)
        return _read_archive(path)

    def _verify(self, path: Path) -> None:
        with opening(path):
            found = md5(path)
        if found != self.digest:
            raise DataError(
                f"{path}: is not the published file: MD5 {found}, expected {self.digest}. Get a fresh copy."
            )


def _unpacked(folder: Path) -> list[Path]:
    """Where the batch for testing would lie."""
    return [held / BATCHES["test"][0] for held in (folder, folder / "cifar-10-batches-bin")]


def _read(path: Path) -> Array:
    with reading(path, "a CIFAR-10 batch"), open(path, "rb") as file:
        return _as_records(path, file.read(LARGEST_BATCH + 1))


def _read_archive(path: Path) -> dict[str, Array]:
    wanted = {f"cifar-10-batches-bin/{name}": name for names in BATCHES.values() for name in names}
    records = {}
    with reading(path, "an archive"), tarfile.open(path, "r|gz") as archive:
        for member in archive:
            if member.isreg() and member.name in wanted:
                content = archive.extractfile(member).read(LARGEST_BATCH + 1)  # type: ignore[union-attr]
                records[wanted[member.name]] = _as_records(f"{path}: {member.name}", content)
    missing = sorted(set(wanted.values()) - set(records))
    if missing:
        raise DataError(f"{path}: lacks {', '.join(missing)}. Get a fresh copy.")
    return records


def _as_records(where: Path | str, content: bytes) -> Array:
    """(N, 3073): the class, then the pixels of each image, all red ones first."""
    if not content or len(content) % RECORD or len(content) > LARGEST_BATCH:
        raise DataError(
            f"{where}: expected up to 10,000 records of {RECORD} bytes, got {len(content):,} bytes. Get a fresh copy."
        )
    return np.frombuffer(content, np.uint8).reshape(-1, RECORD)


def _split(records: dict[str, Array], batches: tuple[str, ...]) -> Examples:
    x = np.concatenate([records[name][:, 1:] for name in batches]).reshape(-1, 3, 32, 32)
    return Examples(x, np.concatenate([records[name][:, 0] for name in batches]).astype(np.int64))
