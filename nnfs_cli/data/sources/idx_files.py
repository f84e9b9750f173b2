"""IdxFiles: data sets that come as MNIST's four files."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnfs_cli.data.dataset import Facts, Size, Split
from nnfs_cli.data.download import fetch
from nnfs_cli.data.files import md5
from nnfs_cli.data.idx import read_idx, read_idx_shape
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Place, Source, wanted
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
    """Four IDX files under DATA_DIR/<type>/, `.gz` or plain; else downloaded there.

    Subclasses say what they are called, where they are served, and what proves them.
    """

    mirrors: ClassVar[tuple[str, ...]]
    classes: ClassVar[tuple[str, ...]]
    digests: ClassVar[Mapping[str, Digest]]
    input_shape: ClassVar[tuple[int, int, int]] = (1, 28, 28)

    def facts(self, place: Place) -> Facts:
        """Known without a file."""
        return Facts(self.input_shape, self.classes, len(self.classes))

    def has_own(self, split: str) -> bool:
        return split in PARTS

    def sizes(self, place: Place, facts: Facts) -> Size:
        """Read from the headers of the files that are there; as published otherwise."""
        counts = {name: self._count(f"{part}-labels-idx1-ubyte", place) for name, part in PARTS.items()}
        examples = {name: PUBLISHED[name] if count is None else count for name, count in counts.items()}
        return Size(examples, math.prod(self.input_shape))

    def load(self, place: Place, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """60,000 examples to train and 10,000 to test: x (N, 1, 28, 28) uint8."""
        return Loaded(self.facts(place), {name: self._split(part, place) for name, part in wanted(PARTS, only).items()})

    def _split(self, part: str, place: Place) -> Split:
        images, labels = (self._array(f"{part}-{content}-ubyte", place) for content in ("images-idx3", "labels-idx1"))
        folder = place.data_dir / self.type_name
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
        return Split(images[:, None], labels.astype(np.int64))

    def _count(self, name: str, place: Place) -> int | None:
        plain = place.data_dir / self.type_name / name
        there = (path for path in (plain.with_name(f"{name}.gz"), plain) if os.path.exists(path))
        return next((read_idx_shape(path)[0] for path in there), None)

    def _array(self, name: str, place: Place) -> Array:
        path = self._path(name, place)
        return read_idx(path, sha256=self.digests[name].payload)

    def _path(self, name: str, place: Place) -> Path:
        """The file on disk, downloaded first if there is none."""
        plain = place.data_dir / self.type_name / name
        zipped = plain.with_name(f"{name}.gz")
        if os.path.exists(plain) and not os.path.exists(zipped):
            return plain
        if not os.path.exists(zipped):
            self._fetch(zipped, self.digests[name], place)
        return zipped

    def _fetch(self, path: Path, digest: Digest, place: Place) -> None:
        names = ", ".join(f"{name}.gz" for name in self.digests)
        fetch(
            self.mirrors,
            path,
            names=names,
            otherwise=", or set fallback: digits for the embedded digits",
            verify=lambda got: _verify(got, digest),
            progress=place.progress,
        )


def _verify(path: Path, digest: Digest) -> None:
    """Refuse a download that is not the published file."""
    if digest.container is not None and (found := md5(path)) != digest.container:
        raise DataError(f"MD5 {found}, expected {digest.container}")
    read_idx(path, sha256=digest.payload)
