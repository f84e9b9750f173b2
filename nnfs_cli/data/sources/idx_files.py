"""IdxFiles: data sets that come as MNIST's four files."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnfs_cli.data.formats.download import DataUnavailable, fetch
from nnfs_cli.data.formats.files import md5
from nnfs_cli.data.formats.idx import read_idx, read_idx_shape
from nnfs_cli.data.locator import Locator, recorded
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Source, wanted
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted

PARTS = {"train": "train", "test": "t10k"}
PUBLISHED = {"train": 60_000, "test": 10_000}


@dataclass(frozen=True)
class Digest:
    """What proves that a file is the published one.

    Attributes:
        payload: SHA-256 of the decompressed content; holds for plain files and for those compressed anew.
        container: MD5 of the published `.gz` file, which proves a download only.
    """

    payload: str | None = None
    container: str | None = None


class IdxFiles(Source):
    """Four IDX files under DATA_DIR/<type>/, `.gz` or plain, or where torchvision keeps them; else downloaded there.

    Subclasses say what they are called, where they are served, and what proves them.
    """

    mirrors: ClassVar[tuple[str, ...]]
    classes: ClassVar[tuple[str, ...]]
    digests: ClassVar[Mapping[str, Digest]]
    torchvision: ClassVar[str]
    input_shape: ClassVar[tuple[int, int, int]] = (1, 28, 28)

    def spec(self, locator: Locator) -> DataSpec:
        """Known without a file."""
        return DataSpec(self.input_shape, self.classes, (len(self.classes),))

    def has_own(self, split: str, locator: Locator) -> bool:
        return split in PARTS

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Read from the headers of the files that are there; as published otherwise."""
        files = {name: self._there(f"{part}-labels-idx1-ubyte", locator) for name, part in PARTS.items()}
        counts = {name: read_idx_shape(path)[0] if path else PUBLISHED[name] for name, path in files.items()}
        return Size(counts, math.prod(self.input_shape))

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """60,000 examples to train and 10,000 to test: x (N, 1, 28, 28) uint8."""
        parts = wanted(PARTS, only)
        arrays = self._arrays([name for part in parts.values() for name in self._names(part)], locator)
        return Loaded(self.spec(locator), {name: self._split(part, arrays, locator) for name, part in parts.items()})

    def file(self, split: str, locator: Locator) -> str:
        """The type of the data where its files lie as they are published, else their folder or their own names."""
        names = self._names(PARTS[split if split in PARTS else "train"])
        own = locator.data_dir / self.type_name
        files = {name: self._there(name, locator) or _own(own, name)[0] for name in names}
        folders = {path.parent for path in files.values()}
        if len(folders) > 1 or any(path not in _own(path.parent, name) for name, path in files.items()):
            return ", ".join(map(str, files.values()))
        return self.type_name if folders == {own} else str(*folders)

    def names(self, locator: Locator, spec: DataSpec, split: str = "train") -> Callable[[int], str]:
        """The file of the images, with the number of the image."""
        path = self._path(self._names(PARTS[split])[0], locator)
        return lambda place: f"{path}[{place}]"

    def found(self, locator: Locator) -> dict[str, str]:
        """The folder that the training images lie in, if they are there."""
        path = self._there(self._names("train")[0], locator)
        return {} if path is None else recorded({self.type_name: path.parent})

    def _arrays(self, names: list[str], locator: Locator) -> dict[str, Array]:
        """The content of files; what is wrong with any of them is told at once, and one download is tried in vain.

        Raises:
            DataUnavailable: files are missing, and that is all.
            DataError: files are damaged.
        """
        found, damaged, missing = dict[str, Array](), list[str](), None
        for name in names:
            if missing is not None and self._there(name, locator) is None:
                continue
            try:
                found[name] = self._array(name, locator)
            except DataUnavailable as error:
                missing = error
            except DataError as error:
                damaged += error.lines
        if damaged:
            raise DataError(*damaged, *(missing.lines if missing else ()))
        if missing is not None:
            raise missing
        return found

    def _split(self, part: str, arrays: Mapping[str, Array], locator: Locator) -> Examples:
        images, labels = (arrays[name] for name in self._names(part))
        folder = self._path(self._names(part)[0], locator).parent
        if images.shape[1:] != self.input_shape[1:] or labels.ndim != 1:
            raise DataError(
                f"{folder}: {part} holds images {images.shape} and labels {labels.shape}, expected "
                f"(N, 28, 28) and (N,). Get fresh copies."
            )
        if len(images) != len(labels):
            raise DataError(
                f"{folder}: {part} has {counted(len(images), 'image')} and {counted(len(labels), 'label')}. "
                "Get fresh copies."
            )
        known = np.isin(labels, np.arange(len(self.classes)))
        if not known.all():
            row = int(np.argmin(known))
            raise DataError(
                f"{folder}: {part}: example {row}: expected a label from 0 to {len(self.classes) - 1}, "
                f"got {labels[row]}. Get fresh copies."
            )
        return Examples(images[:, None], labels.astype(np.int64))

    @staticmethod
    def _names(part: str) -> tuple[str, str]:
        """What the files of a split are called where they are published, without .gz: images, then labels."""
        return f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"

    def _folders(self, locator: Locator) -> list[Path]:
        """Where the files may lie: in a folder of their own, as torchvision lays them out, or in the data directory.

        There, only what a digest proves is taken, if its name does not say what it holds: other data sets use the same
        names of files.
        """
        own, *before = locator.folders(self.type_name)
        torchvision, given = Path(self.torchvision, "raw"), Path(os.path.abspath(locator.data_dir))
        within = [locator.data_dir / "raw"] if given.name == self.torchvision else []
        proved = given.parts[-2:] == torchvision.parts or all(digest.payload for digest in self.digests.values())
        folders = [own, own / torchvision, locator.data_dir / torchvision, *within]
        return [*folders, *([locator.data_dir] if proved else []), *before]

    def _there(self, name: str, locator: Locator) -> Path | None:
        """The file under one of its usual names; None if there is none."""
        paths = (path for folder in self._folders(locator) for path in (*_own(folder, name), *_others(folder, name)))
        return next((path for path in paths if os.path.exists(path) and not os.path.isdir(path)), None)

    def _array(self, name: str, locator: Locator) -> Array:
        path = self._path(name, locator)
        return read_idx(path, sha256=self.digests[name].payload)

    def _path(self, name: str, locator: Locator) -> Path:
        """The file on disk, downloaded first if there is none."""
        if (path := self._there(name, locator)) is not None:
            return path
        path = _own(locator.data_dir / self.type_name, name)[0]
        self._fetch(path, self.digests[name], locator)
        return path

    def _fetch(self, path: Path, digest: Digest, locator: Locator) -> None:
        names = ", ".join(f"{name}.gz" for name in self.digests)
        fetch(
            self.mirrors,
            path,
            names=names,
            otherwise=", or set fallback: digits for the embedded digits",
            verify=lambda got: _verify(got, digest),
            progress=locator.progress,
        )


def _own(folder: Path, name: str) -> tuple[Path, Path]:
    """A file under the name that it is published under, compressed and plain."""
    return folder / f"{name}.gz", folder / name


def _others(folder: Path, name: str) -> list[Path]:
    """The same file under names that other places give it: train-images.idx3-ubyte, or in a folder of its own name."""
    dotted = name.replace("-idx", ".idx")
    return [folder / f"{other}{end}" for other in (dotted, f"{name}/{name}", f"{name}/{dotted}") for end in (".gz", "")]


def _verify(path: Path, digest: Digest) -> None:
    """Refuse a download that is not the published file."""
    if digest.container is not None and (found := md5(path)) != digest.container:
        raise DataError(f"MD5 {found}, expected {digest.container}")
    read_idx(path, sha256=digest.payload)
