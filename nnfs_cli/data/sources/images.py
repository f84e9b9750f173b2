"""Images: a folder of class folders of pictures."""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

import numpy as np

from nnfs_cli.data.bit_depth import BitDepth, own_depth
from nnfs_cli.data.class_folders import ClassFolders, survey
from nnfs_cli.data.dataset import Facts, Size, Split
from nnfs_cli.data.pictures import read_picture
from nnfs_cli.data.preparation import BYTE, Preparation
from nnfs_cli.data.sources.base import Loaded, Place, Source, Validation, wanted
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import SOURCES


@SOURCES.register("images")
class Images(Source):
    """Pictures (PNG, JPEG, WebP, BMP, GIF, TIFF) in one folder a class, and in folders in it; its name is the class.

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
        return self._facts(survey(place.find(self.train)))

    def load(self, place: Place, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, channels, height, width) uint8, the classes taking turns so that `limit` meets all of them.

        16-bit pictures are read by the depth of the training split.
        """
        folders = self._folders(place, only)
        facts = known.facts if known else self._facts(folders["train"])
        bits, notes, splits = known.depth if known else None, list[str](), {}
        for name, folder in folders.items():
            splits[name], depth = _read(folder, facts, bits, decide=known is None and name == "train")
            notes += [*folder.notes, *(f"{folder.folder}: {warning}" for warning in depth.warnings())]
            bits = depth.known
        return Loaded(dataclasses.replace(facts, notes=tuple(notes)), splits, {"depth": bits, "white": BYTE})

    def sizes(self, place: Place, facts: Facts) -> Size:
        """Counted by the names of the files."""
        found = {name: sum(map(len, folder.pictures.values())) for name, folder in self._folders(place).items()}
        return Size(found, math.prod(facts.input_shape))

    def _folders(self, place: Place, only: str | None = None) -> dict[str, ClassFolders]:
        paths = wanted({"train": self.train, "validation": self.validation, "test": self.test}, only)
        return {name: survey(place.find(path)) for name, path in paths.items()}

    def _facts(self, folders: ClassFolders) -> Facts:
        height, width = (self.size, self.size) if isinstance(self.size, int) else self.size
        classes = tuple(folders.pictures)
        return Facts((self.channels, height, width), classes, len(classes), notes=folders.notes)


def _read(folder: ClassFolders, facts: Facts, bits: int | None, *, decide: bool) -> tuple[Split, BitDepth]:
    """The examples of a folder, and the depth by which its 16-bit pictures were read.

    Args:
        bits: the known depth.
        decide: find it in these pictures: each is read by a depth of its own first, and again if that was another one.
    """
    files, depth = folder.in_turns(facts.classes or ()), BitDepth(bits)
    x = np.empty((len(files), *facts.input_shape), np.uint8)
    for row, (path, _) in enumerate(files):
        x[row] = read_picture(path, facts.input_shape, depth)  # type: ignore[arg-type]
    if decide:
        first, depth = depth, BitDepth(depth.measured(), decided=True)
        for row, (path, _) in enumerate(files):
            if path in first.largest and own_depth(first.largest[path]) != depth.known:
                x[row] = read_picture(path, facts.input_shape, depth)  # type: ignore[arg-type]
    return Split(x, np.array([number for _, number in files], np.int64)), depth
