"""Images: a folder of class folders of PNG and JPEG files."""

from __future__ import annotations

import math
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import numpy as np

from nnfs_cli.data.dataset import Facts, Size, Split
from nnfs_cli.data.files import locate
from nnfs_cli.data.pictures import is_picture, read_picture
from nnfs_cli.data.sources.base import Loaded, Place, Source, Validation
from nnfs_cli.errors import DataError
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import SOURCES


@SOURCES.register("images")
class Images(Source):
    """Pictures sorted into one folder a class; the names of the folders are the classes.

    Args:
        train: a folder of class folders.
        size: height and width that pictures are brought to, or one number for both.
        test: a folder with the same class folders.
        validation: such a folder too; or the share or count to hold out of `train`.
        channels: 1 for grey, 3 for colours.
    """

    def __init__(
        self,
        train: str,
        size: PositiveInt | tuple[PositiveInt, PositiveInt],
        test: str | None = None,
        validation: Validation = 0.1,
        channels: Literal[1, 3] = 3,
    ):
        self.train = train
        self.size = size
        self.test = test
        self.validation = validation
        self.channels = channels

    def facts(self, place: Place) -> Facts:
        """The classes are read from the names of folders."""
        height, width = (self.size, self.size) if isinstance(self.size, int) else self.size
        classes = _class_names(locate(self.train, place.data_dir))
        return Facts((self.channels, height, width), classes, len(classes))

    def load(self, place: Place) -> Loaded:
        """x (N, channels, height, width) uint8, the classes taking turns so that `limit` meets all of them."""
        facts = self.facts(place)
        return Loaded(facts, {name: _read(folder, facts) for name, folder in self._folders(place).items()})

    def sizes(self, place: Place, facts: Facts) -> Size:
        """Counted by the names of the files."""
        files = {name: _files(folder, facts.classes or ()) for name, folder in self._folders(place).items()}
        return Size({name: len(found) for name, found in files.items()}, math.prod(facts.input_shape), 8)

    def _folders(self, place: Place) -> dict[str, Path]:
        paths = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: locate(path, place.data_dir) for name, path in paths.items() if isinstance(path, str)}


def _class_names(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise DataError(f"{folder}: is not a folder. Expected one folder of pictures for each class in it.")
    names = tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."))
    if not names:
        raise DataError(f"{folder}: holds no folders. Expected one folder of pictures for each class in it.")
    strange = [name for name in names if not name.isprintable()]
    if strange:
        raise DataError(f"{folder}: the folder {strange[0]!a} is called after no class. Rename it in plain letters.")
    return names


def _read(folder: Path, facts: Facts) -> Split:
    files = _files(folder, facts.classes or ())
    x = np.empty((len(files), *facts.input_shape), np.uint8)
    for row, (path, _) in enumerate(files):
        x[row] = read_picture(path, facts.input_shape)  # type: ignore[arg-type]
    return Split(x, np.array([number for _, number in files], np.int64))


def _files(folder: Path, classes: tuple[str, ...]) -> list[tuple[Path, int]]:
    """Every picture with the number of its class: the first of each class, then the second of each, and so on."""
    found = _class_names(folder)
    if not set(found) <= set(classes):
        extra = ", ".join(sorted(set(found) - set(classes)))
        raise DataError(
            f"{folder}: has classes that the training folder lacks: {extra}. Expected {', '.join(classes)}."
        )
    columns = [[(path, classes.index(name)) for path in _pictures(folder / name)] for name in found]
    return [file for turn in zip_longest(*columns) for file in turn if file is not None]


def _pictures(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.iterdir() if is_picture(path))
    if not paths:
        raise DataError(f"{folder}: holds no PNG or JPEG files. Put some there or remove the folder.")
    return paths
