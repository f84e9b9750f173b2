"""Array files: which file, and which array in it, holds the examples, the answers or the weights of a split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.data.formats.array_keys import Keys, half_beside, keys_beside, keys_of
from nnfs_cli.data.formats.arrays import array_names
from nnfs_cli.data.locator import Locator
from nnfs_cli.errors import DataError
from nnfs_cli.text import shown

Arrays = str | dict[str, str]


@dataclass(frozen=True)
class ArrayFiles:
    """The files that a configuration names.

    Attributes:
        given: of each split the path of a `.npz` file, the paths of `.npy` files by what they hold, or something else
            where the split has no files of its own.
        names: what the arrays in a `.npz` file are called, if that is said.
        locator: finds the files.
    """

    given: Mapping[str, Any]
    names: Mapping[str, str] | None
    locator: Locator

    @property
    def keys(self) -> dict[str, str] | None:
        """The names of the examples and of the answers, where those of both are said."""
        said = {array: self.names[array] for array in ("x", "y") if array in self.names} if self.names else {}
        return said if len(said) == 2 else None

    def of_splits(self, only: str | None = None) -> dict[str, Arrays]:
        """The splits that have files, or arrays of their own in the training file, or one of them."""
        named = {split: paths for split, paths in self.given.items() if isinstance(paths, str | dict)}
        wanted = [split for split in self.given if only in (None, split)]
        named |= {split: self.given["train"] for split in wanted if self.beside(split)}
        return {split: named[split] for split in wanted if split in named}

    def find(self, split: str, paths: Arrays, array: str) -> tuple[Path, str | None]:
        """The file of x or y, and its name if the file holds several.

        Raises:
            DataError: there is no such file or array.
        """
        if isinstance(paths, dict):
            return self.locator.find(paths[array]), None
        return self.locator.find(paths), getattr(self._keys(split, paths), array)

    def weight(self) -> tuple[Path, str | None] | None:
        """The file of the weights of the training examples, and their name in it; None if they have none.

        Raises:
            DataError: there is no such file or array.
        """
        train = self.given["train"]
        if isinstance(train, dict):
            return (self.locator.find(train["weight"]), None) if "weight" in train else None
        if not self.names or "weight" not in self.names:
            return None
        path, name = self.locator.find(train), self.names["weight"]
        if name not in array_names(path):
            raise DataError(f"{path}: has no array {shown(name)}. Correct dataset.keys.")
        return path, name

    def beside(self, split: str) -> Keys | None:
        """The arrays of another split in the training file, if no other data are named for it."""
        if split == "train" or self.given[split] is not None or not isinstance(self.given["train"], str):
            return None
        return keys_beside(self.locator.find(self.given["train"]), split, self.keys)

    def taken(self) -> Iterator[str]:
        """Which arrays were taken, where they are not x and y and nobody has said so."""
        said = (Keys("x", "y"), self.keys and Keys(**self.keys))
        for split, path in self.of_splits().items():
            if isinstance(path, str) and (keys := self._keys(split, path)) not in said:
                where = self.locator.find(path)
                yield f"{where}: {shown(keys.x)} and {shown(keys.y)} are taken for the {split} split"

    def unused(self) -> Iterator[str]:
        """Arrays of other splits in the training file that are not taken."""
        train = self.given["train"]
        for split in ("validation", "test") if isinstance(train, str) else ():
            named, path = self.given[split], self.locator.find(train)
            if named is None and (half := half_beside(path, split, self.keys)) and not self.beside(split):
                yield f"{path}: {shown(half[0])} is not used: there is no {shown(half[1])}"
            if named not in (None, train) and (keys := keys_beside(path, split, self.keys)):
                yield f"{path}: {shown(keys.x)} and {shown(keys.y)} are not used, dataset.{split} is set"

    def _keys(self, split: str, path: str) -> Keys:
        return self.beside(split) or keys_of(self.locator.find(path), split, self.keys)
