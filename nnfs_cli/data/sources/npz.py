"""NPZ: NumPy's own files, with arrays x and y."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from nnfs_cli.data.encode.labels import class_names, class_numbers, constants, could_be_classes, counted_from
from nnfs_cli.data.examples import (
    answer_shape,
    as_numbers,
    as_values,
    example_shape,
    refuse_other_answers,
    refuse_words,
)
from nnfs_cli.data.formats.array_checks import called, check_answers, shape_of
from nnfs_cli.data.formats.array_keys import Keys, UnknownKeys, half_beside, keys_beside, keys_of
from nnfs_cli.data.formats.arrays import read_array, read_numbers, read_shape, read_start
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Locator,
    Source,
    TestShare,
    counts_with_test_share,
    wanted,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.data.tables.targets import Task
from nnfs_cli.errors import ConfigError, DataError, all_told
from nnfs_cli.nn.shapes import Array, Shape
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
    NonNegativeInt | ProperFraction | str | Pair | None,
    Means("a share such as 0.1, a count such as 5000, paths, or null"),
]

OF_ANSWERS = 24
"""Bytes of each example while its answer is read and checked."""


@SOURCES.register("npz")
class NPZ(Source):
    """Arrays x (N, features), (N, height, width) or (N, channels, height, width), and y (N,), (N, outputs) or images.

    Bytes (uint8) are taken for pixels from 0 to 255.

    Args:
        train: a `.npz` file with arrays x and y, or two `.npy` files.
        test: the same kind of files, or the share of examples to hold out of `train`, the same for every seed. If it is
            left out, x_test and y_test of the training file are taken, if they are there.
        validation: files too; or the share or count to hold out of `train`. If it is left out, x_val and y_val of the
            training file are taken, if they are there, else a share of 0.1.
        keys: what the arrays in a `.npz` file are called; x_train and y_train, images and labels, data and target or
            the like need not be said if there is only one such pair.
        task: `auto` takes whole numbers (N,) for classes counted from 0, anything else for values; `classification`
            takes (N, 1), floats that are whole, and one-hot rows too.
    """

    def __init__(
        self,
        train: Arrays,
        test: TestArrays = None,
        validation: Validation = None,
        keys: Names = None,
        task: Task = "auto",
    ):
        for name, pair in {"train": train, "test": test, "validation": validation, "keys": keys}.items():
            if isinstance(pair, dict) and len(pair) < 2:
                raise ConfigError(f"{name}: expected both x and y, got {', '.join(pair) or 'neither'}.")
            if isinstance(pair, dict) and pair["x"] == pair["y"]:
                raise ConfigError(
                    f"{name}: x and y are both {shown(pair['x'])}, expected the examples and their answers. "
                    f"Correct one of the two."
                )
        self.train = train
        self.test = test
        self.validation = validation
        self.keys = keys
        self.task = task

    def spec(self, locator: Locator) -> DataSpec:
        """The shape is read from a header; classes are counted in y."""
        spec = self._facts(self._checked(locator), locator)
        return dataclasses.replace(spec, notes=(*spec.notes, *self._unused(locator)))

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x uint8, float32 or float64, images as (N, channels, height, width)."""
        splits = {name: self._read(name, paths, locator, known) for name, paths in self._paths(locator, only).items()}
        if known is not None:
            return Loaded(known.spec, splits)
        spec = self._facts(splits["train"].y, locator)
        for line in self._taken(locator) if locator.say else ():
            locator.say(line)
        return Loaded(
            dataclasses.replace(spec, notes=(*spec.notes, *self._unused(locator))),
            splits,
            {"array": self._find("train", self.train, "x", locator)[1]},
        )

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Read from the headers, and the types from the first numbers: those of float64 may fit into float32."""
        paths, width = self._paths(locator), math.prod(spec.input_shape)
        examples = {name: read_shape(*self._find(name, pair, "x", locator))[0][0] for name, pair in paths.items()}
        start = as_numbers(read_start(*self._find("train", self.train, "x", locator)), "x")
        values = 0 if spec.classes else spec.outputs
        size = Size(counts_with_test_share(examples, self.test), width * start.itemsize, values)
        held = size.examples["test"] if isinstance(self.test, float) else 0
        return dataclasses.replace(size, reading=size.bytes_of(held) + OF_ANSWERS * max(examples.values()))

    def has_own(self, split: str, locator: Locator) -> bool:
        """Arrays of another split in the training file are a split of their own too."""
        return super().has_own(split, locator) or self._beside(split, locator) is not None

    def _checked(self, locator: Locator, wrong: tuple[str, ...] = ()) -> Array:
        """The answers of the training; all that the headers of all arrays say is wrong with them is told at once.

        Args:
            wrong: what was found before.
        """
        named = wanted({"train": self.train, "validation": self.validation, "test": self.test}, None)
        try:
            self._find("train", self.train, "x", locator)
        except UnknownKeys as error:
            if error.guess is None:
                raise
            guess = NPZ(self.train, self.test, self.validation, error.guess._asdict(), self.task)
            return guess._checked(locator, error.lines)
        except DataError:
            all_told(functools.partial(self._find, split, paths, "x", locator) for split, paths in named.items())
        checks = [functools.partial(self._check, *split, locator) for split in self._paths(locator).items()]
        try:
            y, *_ = all_told([functools.partial(self._answers, "train", self.train, locator), *checks])
        except DataError as error:
            wrong = (*wrong, *error.lines)
        if wrong:
            raise DataError(*dict.fromkeys([*wrong, *self._doubts(locator)]))
        return y

    def _check(self, split: str, paths: Arrays, locator: Locator) -> None:
        """See what the headers of two arrays say."""
        x, y = (self._find(split, paths, array, locator) for array in ("x", "y"))
        all_told([lambda: shape_of(*x), lambda: refuse_words(read_shape(*y)[1], called(*y, "y"))])

    def _doubts(self, locator: Locator) -> tuple[str, ...]:
        """What is to be set for answers that could be meant otherwise."""
        with contextlib.suppress(DataError):
            y = self._answers("train", self.train, locator)
            if y.ndim == 2 and (form := could_be_classes(y)):
                where = called(*self._find("train", self.train, "y", locator), "y")
                return (f"{where}: holds {form}. Set dataset.task: classification if they are classes.",)
        return ()

    def _beside(self, split: str, locator: Locator) -> Keys | None:
        """The arrays of another split in the training file, if no other data are named for it."""
        if split == "train" or getattr(self, split) is not None or not isinstance(self.train, str):
            return None
        return keys_beside(locator.find(self.train), split, self.keys)

    def _paths(self, locator: Locator, only: str | None = None) -> dict[str, Arrays]:
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        beside = {split: self.train for split in named if self._beside(split, locator)}
        return wanted(named | beside, only)

    def _taken(self, locator: Locator) -> Iterator[str]:
        """Which arrays were taken, where they are not x and y and nobody has said so."""
        said = (Keys("x", "y"), self.keys and Keys(**self.keys))
        for split, path in self._paths(locator).items():
            if isinstance(path, str) and (keys := self._keys(split, path, locator)) not in said:
                yield f"{locator.find(path)}: {shown(keys.x)} and {shown(keys.y)} are taken for the {split} split"

    def _unused(self, locator: Locator) -> Iterator[str]:
        """Arrays of other splits in the training file that are not taken."""
        for split in ("validation", "test") if isinstance(self.train, str) else ():
            named, path = getattr(self, split), locator.find(self.train)
            if named is None and (half := half_beside(path, split, self.keys)) and not self._beside(split, locator):
                yield f"{path}: {shown(half[0])} is not used: there is no {shown(half[1])}"
            if named not in (None, self.train) and (keys := keys_beside(path, split, self.keys)):
                yield f"{path}: {shown(keys.x)} and {shown(keys.y)} are not used, dataset.{split} is set"

    def _keys(self, split: str, path: str, locator: Locator) -> Keys:
        beside = self._beside(split, locator)
        return beside or keys_of(locator.find(path), split, self.keys)

    def _find(self, split: str, paths: Arrays, array: Literal["x", "y"], locator: Locator) -> tuple[Path, str | None]:
        """The file of an array, and its name if the file holds several."""
        if isinstance(paths, dict):
            return locator.find(paths[array]), None
        return locator.find(paths), getattr(self._keys(split, paths, locator), array)

    def _facts(self, y: Array, locator: Locator) -> DataSpec:
        """What the training data are, by their answers."""
        file, name = self._find("train", self.train, "x", locator)
        example = shape_of(file, name)
        if y.ndim == 2:
            shape = self._answer_shape(locator)
            form = could_be_classes(y) if len(shape) == 1 else ""
            otherwise = form and f"its y holds {form}: set dataset.task: classification if they are classes"
            notes = (f"{file}: {same}",) if (same := constants(y, shape)) else ()
            return DataSpec(example, None, shape, notes=notes, otherwise=otherwise)
        train = self._find("train", self.train, "y", locator)
        classes, miscounted = class_names(y, called(*train, "y")), counted_from(y)
        otherwise = "set dataset.task: regression if its whole numbers are values"
        notes = (f"{file}: {miscounted}",) if miscounted else ()
        return DataSpec(example, classes, (len(classes),), notes=notes, otherwise=otherwise, miscounted=miscounted)

    def _read(self, split: str, paths: Arrays, locator: Locator, known: Preparation | None) -> Examples:
        file, name = self._find(split, paths, "x", locator)
        x = read_numbers(file, name, called(file, name, "x"))
        x = x.reshape(-1, *example_shape(x.shape, called(file, name, "x")))
        return Examples(x, self._answers(split, paths, locator, known))

    def _answers(self, split: str, paths: Arrays, locator: Locator, known: Preparation | None = None) -> Array:
        """(N,) int64 class numbers or (N, outputs) float64 values."""
        file, name = self._find(split, paths, "y", locator)
        (shape, dtype), where = read_shape(file, name), called(file, name, "y")
        check_answers(shape, dtype, where)
        expected = self._answer_shape(locator) if known is None else known.spec.output_shape
        if len(shape) > 2:
            refuse_other_answers(answer_shape(shape, where), expected, where)
        y = read_array(file, name)
        if self._are_classes(y) if known is None else known.spec.classes is not None:
            return class_numbers(y, where)
        return as_values(y, expected, where)

    def _answer_shape(self, locator: Locator) -> Shape:
        """The shape of one answer of the training, from a header."""
        file, name = self._find("train", self.train, "y", locator)
        return answer_shape(read_shape(file, name)[0], called(file, name, "y"))

    def _are_classes(self, y: Array) -> bool:
        return self.task == "classification" or (self.task == "auto" and y.ndim == 1 and y.dtype.kind != "f")
