"""Images: a folder of class folders of pictures."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from nnfs_cli.data.pictures.class_folders import ClassFolders, survey
from nnfs_cli.data.pictures.decoding import plan_of
from nnfs_cli.data.pictures.folder_levels import refuse_other_level
from nnfs_cli.data.pictures.picture_reader import read_class_folders
from nnfs_cli.data.preparation import BYTE, Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Locator,
    Source,
    Test,
    Validation,
    counts_with_test_share,
    wanted,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import SOURCES


@SOURCES.register("images")
class Images(Source):
    """Pictures (PNG, JPEG, WebP, BMP, GIF, TIFF) in one folder a class, and in folders in it; its name is the class.

    Args:
        train: a folder of class folders.
        size: height and width that pictures are brought to, or one number for both.
        test: a folder with the same class folders, or the share of pictures to hold out of `train`, the same for every
            seed.
        validation: such a folder too; or the share or count to hold out of the rest of `train`.
        channels: 1 for grey, 3 for colours.
    """

    def __init__(
        self,
        train: str,
        size: PositiveInt | tuple[PositiveInt, PositiveInt],
        test: Test = None,
        validation: Validation = 0.1,
        channels: Literal[1, 3] = 3,
    ):
        self.train = train
        self.size = size
        self.test = test
        self.validation = validation
        self.channels = channels
        self._surveyed: dict[Path, ClassFolders] = {}

    @property
    def _shape(self) -> Shape:
        return (self.channels, *((self.size, self.size) if isinstance(self.size, int) else self.size))

    def spec(self, locator: Locator) -> DataSpec:
        """The classes are read from the names of folders."""
        self._surveyed.clear()
        return self._facts(self._survey("train", self.train, locator))

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, channels, height, width) uint8, the classes taking turns so that `limit` meets all of them.

        16-bit pictures are read by the depth of the training split.
        """
        folders = self._folders(locator, only)
        self._surveyed.clear()
        spec = known.spec if known else self._facts(folders["train"])
        if spec.input_shape != self._shape:
            raise DataError(
                f"images: size {self.size} gives images of shape {self._shape}, the network was trained on "
                f"{spec.input_shape}. Set size to {list(spec.input_shape[1:])}."
            )
        shape, bits = spec.input_shape, known.depth if known else None
        notes, bad, splits = list[str](), list[str](), dict[str, Examples]()
        empty = [sentence for folder in folders.values() for sentence in folder.empty.values()]
        for name, folder in folders.items():
            decide = known is None and name == "train"
            classes = spec.classes or tuple(folder.pictures)
            read = read_class_folders(folder, classes, shape, bits, locator, decide=decide)
            splits[name], bits = Examples(read.x, read.y), read.depth
            notes += [*folder.notes, *read.notes]
            bad += read.bad
        _refuse(empty, bad, notes)
        return Loaded(dataclasses.replace(spec, notes=tuple(notes)), splits, {"depth": bits, "white": BYTE})

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Counted by the names of the files; what reading takes is known from the headers of the largest of them."""
        size = self._size(self._folders(locator), spec)
        if not isinstance(self.test, float):
            return size
        divided = max(size.reading, size.bytes_of(size.examples["train"]))
        return dataclasses.replace(size, examples=counts_with_test_share(size.examples, self.test), reading=divided)

    def size_of(self, split: str, locator: Locator, spec: DataSpec) -> Size:
        """Without a look at the other folders."""
        return self._size(self._folders(locator, split), spec)

    def names(self, locator: Locator, spec: DataSpec, split: str = "train") -> Callable[[int], str]:
        """The paths of the pictures, in the order in which they are read."""
        folder = survey(locator.find(getattr(self, split)))
        files = folder.in_turns(spec.classes or tuple(folder.pictures))
        return lambda place: files[place][0].path

    def _size(self, folders: dict[str, ClassFolders], spec: DataSpec) -> Size:
        files = {name: folder.files for name, folder in folders.items()}
        counts = {name: len(entries) for name, entries in files.items()}
        reading = max(plan_of(entries, spec.input_shape).peak for entries in files.values())
        return Size(counts, math.prod(spec.input_shape), reading=reading)

    def _folders(self, locator: Locator, only: str | None = None) -> dict[str, ClassFolders]:
        paths = wanted({"train": self.train, "validation": self.validation, "test": self.test}, only)
        return {name: self._survey(name, path, locator) for name, path in paths.items()}

    def _survey(self, key: str, path: str, locator: Locator) -> ClassFolders:
        """A folder as `spec` or `sizes` found it, until the pictures are read."""
        folder = locator.find(path)
        if folder not in self._surveyed:
            self._surveyed[folder] = found = survey(folder)
            refuse_other_level(path, key, found.below, [*found.empty])
        return self._surveyed[folder]

    def _facts(self, folders: ClassFolders) -> DataSpec:
        classes = tuple(folders.pictures)
        return DataSpec(
            self._shape,
            classes,
            (len(classes),),
            notes=folders.notes,
            lacking=tuple(folders.empty.values()),
        )


def _refuse(empty: list[str], bad: list[str], notes: list[str]) -> None:
    """Say no to all class folders without pictures and all pictures that cannot be read at once.

    Raises:
        DataError: there are any.
    """
    if len(bad) == 1 and not empty and not notes:
        raise DataError(f"{bad[0].removesuffix('.')}, or remove the file.")
    if bad:
        number = f"{len(bad):,} {'picture' if len(bad) == 1 else 'pictures'}"
        bad = [f"{number} cannot be read. Repair, replace or remove what is damaged:", *bad]
    if empty or bad:
        raise DataError(*empty, *bad, *notes)
