"""Unlabelled: NumPy's own files, of which only the examples are read: each is its own answer."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator
from pathlib import Path

from nnfs_cli.data.examples import as_numbers, example_shape
from nnfs_cli.data.formats.array_checks import called, read_weights, shape_of
from nnfs_cli.data.formats.array_files import ArrayFiles
from nnfs_cli.data.formats.array_keys import examples_beside, examples_of
from nnfs_cli.data.formats.arrays import is_single_array, read_numbers, read_shape, read_start
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Locator, Source, counts_with_test_share
from nnfs_cli.data.sources.npz import NPZ, Arrays
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import all_told
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown


class Unlabelled(NPZ):
    """The same files as those of NPZ, or a single `.npy` file; arrays of answers need not be there."""

    def spec(self, locator: Locator) -> DataSpec:
        """Read from the headers."""
        files = self._files(locator)
        found = all_told(functools.partial(self._shape, split, paths, files) for split, paths in self._splits(files))
        return DataSpec(found[0], None, found[0])

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x uint8, float32 or float64, images as (N, channels, height, width)."""
        files = self._files(locator)
        splits = {name: self._alone(name, paths, files) for name, paths in self._splits(files, only)}
        if known is not None:
            return Loaded(known.spec, splits)
        for line in self._taken(files) if locator.say else ():
            locator.say(line)
        return Loaded(self.spec(locator), splits, {"array": self._x("train", self.train, files)[1]})

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Read from the headers, and the types from the first numbers: those of float64 may fit into float32."""
        files = self._files(locator)
        named = {split: self._x(split, paths, files) for split, paths in self._splits(files)}
        start = as_numbers(read_start(*named["train"]), "x")
        counts = counts_with_test_share({split: read_shape(*x)[0][0] for split, x in named.items()}, self.test)
        weighted, x_bytes = files.weight() is not None, math.prod(spec.input_shape) * start.itemsize
        size = Size(counts, x_bytes, weighted=weighted, reconstruction=True)
        held = counts["test"] if isinstance(self.test, float) else 0
        return dataclasses.replace(size, reading=size.bytes_of(held))

    def has_own(self, split: str, locator: Locator) -> bool:
        return Source.has_own(self, split, locator) or self._beside(split, self._files(locator)) is not None

    def _splits(self, files: ArrayFiles, only: str | None = None) -> list[tuple[str, Arrays]]:
        """The splits that have files, or arrays of their own in the training file, and where."""
        named = {split: paths for split, paths in files.given.items() if isinstance(paths, str | dict)}
        wanted = [split for split in files.given if only in (None, split)]
        named |= {split: self.train for split in wanted if self._beside(split, files)}
        return [(split, named[split]) for split in wanted if split in named]

    def _beside(self, split: str, files: ArrayFiles) -> str | None:
        """The examples of another split in the training file, if no other data are named for it."""
        if split == "train" or files.given[split] is not None or not isinstance(self.train, str):
            return None
        path = files.locator.find(self.train)
        return None if is_single_array(path) else examples_beside(path, split, self._given)

    @property
    def _given(self) -> str | None:
        """The name of the examples in a file of several arrays, if it is said."""
        return self.keys and self.keys["x"]

    def _x(self, split: str, paths: Arrays, files: ArrayFiles) -> tuple[Path, str | None]:
        """The file of the examples, and their name if the file holds several arrays.

        Raises:
            DataError: there is no such file or array.
        """
        path = files.locator.find(paths["x"] if isinstance(paths, dict) else paths)
        if isinstance(paths, dict) or is_single_array(path):
            return path, None
        return path, self._beside(split, files) or examples_of(path, split, self._given)

    def _taken(self, files: ArrayFiles) -> Iterator[str]:
        """Which arrays were taken, where they are not x and nobody has said so."""
        for split, paths in self._splits(files):
            path, name = self._x(split, paths, files)
            if name not in (None, "x", self._given):
                yield f"{path}: {shown(name)} is taken for the {split} split"

    def _shape(self, split: str, paths: Arrays, files: ArrayFiles) -> tuple[int, ...]:
        return shape_of(*self._x(split, paths, files))

    def _alone(self, split: str, paths: Arrays, files: ArrayFiles) -> Examples:
        file, name = self._x(split, paths, files)
        x = read_numbers(file, name, where := called(file, name, "x"))
        weight = files.weight() if split == "train" else None
        x = x.reshape(-1, *example_shape(x.shape, where))
        return Examples(x, _nothing(x), weight and read_weights(*weight, len(x)))


def _nothing(x: Array) -> Array:
    """The answers to examples that are their own."""
    return Examples(x, x).unanswered().y


UNLABELLED = {"npz": Unlabelled}
"""The sources that read other files where each example is its own answer, by the type of the data."""
