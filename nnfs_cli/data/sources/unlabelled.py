"""Unlabelled: NumPy's own files, of which only the examples are read: each is its own answer."""

from __future__ import annotations

import dataclasses
import functools
import math
from pathlib import Path

from nnfs_cli.data.examples import as_numbers, example_shape
from nnfs_cli.data.formats.array_checks import called, read_weights, shape_of
from nnfs_cli.data.formats.array_files import ArrayFiles
from nnfs_cli.data.formats.array_keys import WORDS, keys_of
from nnfs_cli.data.formats.arrays import array_names, is_single_array, read_numbers, read_shape, read_start
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Locator, counts_with_test_share
from nnfs_cli.data.sources.npz import NPZ, Arrays
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError, all_told
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
        return split in dict(self._splits(self._files(locator)))

    def _files(self, locator: Locator) -> ArrayFiles:
        """The files; a name of the examples alone names no pair of arrays."""
        files = super()._files(locator)
        return files if {"x", "y"} <= set(self.keys or ("x", "y")) else dataclasses.replace(files, names=None)

    def _splits(self, files: ArrayFiles, only: str | None = None) -> list[tuple[str, Arrays]]:
        """The splits that have files or arrays of their own, and where; one array alone has no others beside it."""
        if isinstance(self.train, str) and is_single_array(files.locator.find(self.train)):
            named = {split: paths for split, paths in files.given.items() if isinstance(paths, str | dict)}
            return [(split, paths) for split, paths in named.items() if only in (None, split)]
        return [*files.of_splits(only).items()]

    def _x(self, split: str, paths: Arrays, files: ArrayFiles) -> tuple[Path, str | None]:
        """The file of the examples, and their name if the file holds several arrays.

        Raises:
            DataError: there is no such file or array.
        """
        path = files.locator.find(paths["x"] if isinstance(paths, dict) else paths)
        if isinstance(paths, dict) or is_single_array(path):
            return path, None
        names = array_names(path)
        if self.keys:
            given = self.keys["x"]
            wanted = [*(given.replace("train", word) for word in WORDS[split]), given]
        else:
            beside = files.beside(split)
            wanted = [beside.x] if beside else ["x", *names[: len(names) == 1]]
        for name in wanted:
            if name in names:
                return path, name
        if self.keys:
            raise DataError(f"{path}: has no array {shown(self.keys['x'])}. Correct dataset.keys.")
        return path, keys_of(path, split).x

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
