"""NPZ: NumPy's own files, with arrays x and y."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Annotated, Literal

from nnfs_cli.data.array_keys import Keys, keys_beside, keys_of
from nnfs_cli.data.arrays import read_array, read_numbers, read_shape, read_start
from nnfs_cli.data.examples import as_float64, as_numbers, example_shape, refuse_words
from nnfs_cli.data.labels import class_names, class_numbers, constants, could_be_classes, counted_from
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Place,
    Source,
    TestShare,
    counts_with_test_share,
    wanted,
    with_test_share,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.data.targets import Task
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means, NonNegativeInt, ProperFraction
from nnfs_cli.registry import SOURCES
from nnfs_cli.text import shown

Pair = dict[Literal["x", "y"], str]
Arrays = Annotated[str | Pair, Means("a .npz path or two .npy paths {x: ..., y: ...}")]
TestArrays = Annotated[
    str | Pair | TestShare | None,
    Means("a .npz path, two .npy paths {x: ..., y: ...}, a share between 0 and 1, or null"),
]
Names = Annotated[Pair | None, Means("the names of two arrays {x: ..., y: ...}, or null")]
Validation = Annotated[
    NonNegativeInt | ProperFraction | str | Pair, Means("a share such as 0.1, a count such as 5000, or paths")
]

OF_ANSWERS = 24
"""Bytes of each example while its answer is read and checked."""


@SOURCES.register("npz")
class NPZ(Source):
    """Arrays x (N, features), (N, height, width) or (N, channels, height, width), and y (N,) or (N, outputs).

    Bytes (uint8) are taken for pixels from 0 to 255.

    Args:
        train: a `.npz` file with arrays x and y, or two `.npy` files.
        test: the same kind of files, or the share of examples to hold out of `train`, the same for every seed. If it is
            left out, x_test and y_test of the training file are taken, if they are there.
        validation: files too; or the share or count to hold out of `train`.
        keys: what the arrays in a `.npz` file are called; x_train and y_train, images and labels, data and target or
            the like need not be said if there is only one such pair.
        task: `auto` takes whole numbers (N,) for classes counted from 0, anything else for values; `classification`
            takes (N, 1), floats that are whole, and one-hot rows too.
    """

    def __init__(
        self,
        train: Arrays,
        test: TestArrays = None,
        validation: Validation = 0.1,
        keys: Names = None,
        task: Task = "auto",
    ):
        for name, pair in {"train": train, "test": test, "validation": validation, "keys": keys}.items():
            if isinstance(pair, dict) and len(pair) < 2:
                raise ConfigError(f"{name}: expected both x and y, got {', '.join(pair) or 'neither'}.")
        self.train = train
        self.test = test
        self.validation = validation
        self.keys = keys
        self.task = task

    def spec(self, place: Place) -> DataSpec:
        """The shape is read from a header; classes are counted in y."""
        spec = self._facts(self._answers("train", self.train, place), place)
        return dataclasses.replace(spec, notes=(*spec.notes, *self._notes(place)))

    def load(self, place: Place, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x uint8, float32 or float64, images as (N, channels, height, width)."""
        splits = {name: self._read(name, paths, place, known) for name, paths in self._paths(place, only).items()}
        spec = known.spec if known else self._facts(splits["train"].y, place)
        return Loaded(
            dataclasses.replace(spec, notes=(*spec.notes, *self._notes(place, only))),
            with_test_share(splits, self.test),
        )

    def sizes(self, place: Place, spec: DataSpec) -> Size:
        """Read from the headers, and the types from the first numbers: those of float64 may fit into float32."""
        paths, width = self._paths(place), math.prod(spec.input_shape)
        examples = {name: read_shape(*self._find(name, pair, "x", place))[0][0] for name, pair in paths.items()}
        start = as_numbers(read_start(*self._find("train", self.train, "x", place)), "x")
        values = 0 if spec.classes else spec.outputs
        size = Size(counts_with_test_share(examples, self.test), width * start.itemsize, values)
        held = size.examples["test"] if isinstance(self.test, float) else 0
        return dataclasses.replace(size, reading=size.bytes_of(held) + OF_ANSWERS * max(examples.values()))

    def has_own(self, split: str, place: Place) -> bool:
        """Arrays for testing in the training file are a split of their own too."""
        return super().has_own(split, place) or (split == "test" and self._beside(place) is not None)

    def _beside(self, place: Place) -> Keys | None:
        """The arrays for testing in the training file, if no other test data are named."""
        if self.test is not None or not isinstance(self.train, str):
            return None
        return keys_beside(place.find(self.train), self.keys)

    def _paths(self, place: Place, only: str | None = None) -> dict[str, Arrays]:
        test = self.train if self._beside(place) else self.test
        return wanted({"train": self.train, "validation": self.validation, "test": test}, only)

    def _notes(self, place: Place, only: str | None = None) -> tuple[str, ...]:
        """Which arrays were taken, where they are not x and y and nobody has said so."""
        said = (Keys("x", "y"), self.keys and Keys(**self.keys))
        files = {name: path for name, path in self._paths(place, only).items() if isinstance(path, str)}
        found = {name: self._keys(name, path, place) for name, path in files.items()}
        return tuple(
            f"{place.find(files[name])}: {shown(keys.x)} and {shown(keys.y)} are taken for the {name} split"
            for name, keys in found.items()
            if keys not in said
        )

    def _keys(self, split: str, path: str, place: Place) -> Keys:
        beside = self._beside(place) if split == "test" else None
        return beside or keys_of(place.find(path), split, self.keys)

    def _find(self, split: str, paths: Arrays, array: Literal["x", "y"], place: Place) -> tuple[Path, str | None]:
        """The file of an array, and its name if the file holds several."""
        if isinstance(paths, dict):
            return place.find(paths[array]), None
        return place.find(paths), getattr(self._keys(split, paths, place), array)

    def _facts(self, y: Array, place: Place) -> DataSpec:
        """What the training data are, by their answers."""
        file, name = self._find("train", self.train, "x", place)
        shape, dtype = read_shape(file, name)
        refuse_words(dtype, f"{file}: x")
        example = example_shape(shape, f"{file}: x")
        if y.ndim == 2:
            form = could_be_classes(y)
            otherwise = form and f"its y holds {form}: set dataset.task: classification if they are classes"
            notes = (f"{file}: {same}",) if (same := constants(y)) else ()
            return DataSpec(example, None, y.shape[1], notes=notes, otherwise=otherwise)
        classes, miscounted = class_names(y, f"{self._find('train', self.train, 'y', place)[0]}: y"), counted_from(y)
        otherwise = "set dataset.task: regression if its whole numbers are values"
        notes = (f"{file}: {miscounted}",) if miscounted else ()
        return DataSpec(example, classes, len(classes), notes=notes, otherwise=otherwise, miscounted=miscounted)

    def _read(self, split: str, paths: Arrays, place: Place, known: Preparation | None) -> Examples:
        file, name = self._find(split, paths, "x", place)
        x = read_numbers(file, name, f"{file}: x")
        x = x.reshape(-1, *example_shape(x.shape, f"{file}: x"))
        return Examples(x, self._answers(split, paths, place, known))

    def _answers(self, split: str, paths: Arrays, place: Place, known: Preparation | None = None) -> Array:
        """(N,) int64 class numbers or (N, outputs) float64 values."""
        file, name = self._find(split, paths, "y", place)
        y = read_array(file, name)
        refuse_words(y.dtype, f"{file}: y")
        if y.ndim not in (1, 2) or 0 in y.shape:
            raise DataError(f"{file}: y: got shape {y.shape}, expected (N,) or (N, outputs) of some examples.")
        if self._are_classes(y) if known is None else known.spec.classes is not None:
            return class_numbers(y, f"{file}: y")
        return as_float64(y).reshape(len(y), -1)

    def _are_classes(self, y: Array) -> bool:
        return self.task == "classification" or (self.task == "auto" and y.ndim == 1 and y.dtype.kind != "f")
