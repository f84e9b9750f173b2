"""NPZ: NumPy's own files, with arrays x and y."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
from typing import Annotated, Literal

import numpy as np

from nnfs_cli.data.encode.labels import (
    class_names,
    constants,
    could_be_classes,
    counted_from,
    form_of,
    labels_of,
    named_from,
    places_of,
)
from nnfs_cli.data.examples import (
    answer_shape,
    as_numbers,
    as_values,
    example_shape,
    refuse_other_answers,
    refuse_words,
)
from nnfs_cli.data.formats.array_checks import called, check_answers, check_pairs, read_weights, shape_of
from nnfs_cli.data.formats.array_files import ArrayFiles
from nnfs_cli.data.formats.array_keys import UnknownKeys
from nnfs_cli.data.formats.arrays import read_array, read_numbers, read_shape, read_start
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Locator, Source, TestShare, counts_with_test_share, wanted
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import Means, NonNegativeInt, ProperFraction
from nnfs_cli.registry import SOURCES

Task = Literal["auto", "classification", "regression", "reconstruction"]
Pair = dict[Literal["x", "y"], str]
Three = dict[Literal["x", "y", "weight"], str]
Arrays = Annotated[str | Three, Means("a .npz path or .npy paths {x: ..., y: ..., weight: ...}")]
TestArrays = Annotated[
    str | Pair | TestShare | None,
    Means("a .npz path, two .npy paths {x: ..., y: ...}, a share between 0 and 1, or null"),
]
Names = Annotated[Three | None, Means("the names of arrays {x: ..., y: ..., weight: ...}, or null")]
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
        train: a `.npz` file with arrays x and y, or two `.npy` files; a third one may hold weights.
        test: the same kind of files, or the share of examples to hold out of `train`, the same for every seed. If it is
            left out, x_test and y_test of the training file are taken, if they are there.
        validation: files too; or the share or count to hold out of `train`. If it is left out, x_val and y_val of the
            training file are taken, if they are there, else a share of 0.1.
        keys: what the arrays in a `.npz` file are called; x_train and y_train, images and labels, data and target or
            the like need not be said if there is only one such pair. weight names an array (N,) that says how much each
            training example counts.
        task: `auto` takes whole numbers (N,), truths and words for classes, anything else for values; (N, 1), floats
            that are whole, and one-hot rows for classes too if the loss and the outputs of the network fit, as
            `classification` always does. Labels from 1 to K keep these names, all others are counted from 0.
            `reconstruction` makes each example its own answer: y need not be there.
    """

    def __init__(
        self,
        train: Arrays,
        test: TestArrays = None,
        validation: Validation = None,
        keys: Names = None,
        task: Task = "auto",
    ):
        named = {"train": train, "test": test, "validation": validation, "keys": keys}
        check_pairs(named, alone=task == "reconstruction")
        self.train = train
        self.test = test
        self.validation = validation
        self.keys = keys
        self.task = task

    def as_classes(self) -> NPZ | None:
        return NPZ(self.train, self.test, self.validation, self.keys, "classification") if self.task == "auto" else None

    def spec(self, locator: Locator) -> DataSpec:
        """The shape is read from a header; classes are counted in y."""
        spec = self._facts(self._checked(locator), locator)
        return dataclasses.replace(spec, notes=(*spec.notes, *self._files(locator).unused()))

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x uint8, float32 or float64, images as (N, channels, height, width)."""
        files = self._files(locator)
        splits = {name: self._read(name, paths, files, known) for name, paths in files.of_splits(only).items()}
        spec = self._facts(splits["train"].y, locator) if known is None else known.spec
        if spec.classes is not None:
            splits = {name: self._numbered(name, split, files, spec.classes) for name, split in splits.items()}
        if known is not None:
            return Loaded(spec, splits)
        for line in files.taken() if locator.say else ():
            locator.say(line)
        return Loaded(
            dataclasses.replace(spec, notes=(*spec.notes, *files.unused())),
            splits,
            {"array": files.find("train", self.train, "x")[1]},
        )

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Read from the headers, and the types from the first numbers: those of float64 may fit into float32."""
        files, width = self._files(locator), math.prod(spec.input_shape)
        examples = {name: read_shape(*files.find(name, pair, "x"))[0][0] for name, pair in files.of_splits().items()}
        start = as_numbers(read_start(*files.find("train", self.train, "x")), "x")
        values, weighted = 0 if spec.classes else spec.outputs, files.weight() is not None
        count = counts_with_test_share(examples, self.test)
        size = Size(count, width * start.itemsize, values, weighted=weighted)
        held = size.examples["test"] if isinstance(self.test, float) else 0
        _, dtype = read_shape(*files.find("train", self.train, "y"))
        answers = OF_ANSWERS + (2 * dtype.itemsize if dtype.kind in "US" else 0)
        return dataclasses.replace(size, reading=size.bytes_of(held) + answers * max(examples.values()))

    def has_own(self, split: str, locator: Locator) -> bool:
        """Arrays of another split in the training file are a split of their own too."""
        return super().has_own(split, locator) or self._files(locator).beside(split) is not None

    def _checked(self, locator: Locator, wrong: tuple[str, ...] = ()) -> Array:
        """The answers of the training; all that the headers of all arrays say is wrong with them is told at once.

        Args:
            wrong: what was found before.
        """
        files = self._files(locator)
        named = wanted(files.given, None)
        try:
            files.find("train", self.train, "x")
        except UnknownKeys as error:
            if error.guess is None:
                raise
            keys = {**(self.keys or {}), **error.guess._asdict()}
            guess = NPZ(self.train, self.test, self.validation, keys, self.task)
            return guess._checked(locator, error.lines)
        except DataError:
            all_told(functools.partial(files.find, split, paths, "x") for split, paths in named.items())
        checks = [functools.partial(self._check, *split, files) for split in files.of_splits().items()]
        try:
            y, *_ = all_told([functools.partial(self._answers, "train", self.train, files), *checks])
        except DataError as error:
            wrong = (*wrong, *error.lines)
        if wrong:
            raise DataError(*dict.fromkeys([*wrong, *self._doubts(locator)]))
        return y

    def _check(self, split: str, paths: Arrays, files: ArrayFiles) -> None:
        """See what the headers of two arrays say."""
        x, y = (files.find(split, paths, array) for array in ("x", "y"))
        all_told([lambda: shape_of(*x), lambda: self._refuse_words(read_shape(*y)[1], called(*y, "y"))])

    def _refuse_words(self, dtype: np.dtype, where: str) -> None:
        """Refuse answers that are neither numbers nor the words of classes."""
        if dtype.kind not in "US" or self.task == "regression":
            refuse_words(dtype, where)

    def _files(self, locator: Locator) -> ArrayFiles:
        given = {"train": self.train, "validation": self.validation, "test": self.test}
        return ArrayFiles(given, self.keys, locator)

    def _doubts(self, locator: Locator) -> tuple[str, ...]:
        """What is to be set for answers that could be meant otherwise."""
        with contextlib.suppress(DataError):
            y = self._answers("train", self.train, self._files(locator))
            if y.ndim == 2 and (form := could_be_classes(y)):
                where = called(*self._files(locator).find("train", self.train, "y"), "y")
                return (f"{where}: holds {form}. Set dataset.task: classification if they are classes.",)
        return ()

    def _facts(self, y: Array, locator: Locator) -> DataSpec:
        """What the training data are, by their answers."""
        files = self._files(locator)
        file, name = files.find("train", self.train, "x")
        example = shape_of(file, name)
        if y.ndim == 2:
            shape = self._answer_shape(files)
            form = could_be_classes(y) if len(shape) == 1 else ""
            otherwise = form and f"its y holds {form}: set dataset.task: classification if they are classes"
            notes = (f"{file}: {same}",) if (same := constants(y, shape)) else ()
            return DataSpec(example, None, shape, notes=notes, otherwise=otherwise)
        train = files.find("train", self.train, "y")
        classes, miscounted = class_names(y, called(*train, "y")), counted_from(y)
        otherwise = "set dataset.task: regression if its whole numbers are values" if y.dtype.kind != "U" else ""
        told = filter(None, (form_of(*read_shape(*train), classes), miscounted or named_from(y)))
        notes = tuple(f"{file}: {line}" for line in told)
        return DataSpec(example, classes, (len(classes),), notes=notes, otherwise=otherwise, miscounted=miscounted)

    def _read(self, split: str, paths: Arrays, files: ArrayFiles, known: Preparation | None) -> Examples:
        file, name = files.find(split, paths, "x")
        x = read_numbers(file, name, called(file, name, "x"))
        x = x.reshape(-1, *example_shape(x.shape, called(file, name, "x")))
        weight = files.weight() if split == "train" else None
        return Examples(x, self._answers(split, paths, files, known), weight and read_weights(*weight, len(x)))

    def _numbered(self, split: str, examples: Examples, files: ArrayFiles, classes: tuple[str, ...]) -> Examples:
        """The same with the number of its class in the place of each label."""
        where = called(*files.find(split, files.of_splits(split)[split], "y"), "y")
        return dataclasses.replace(examples, y=places_of(examples.y, classes, where))

    def _answers(self, split: str, paths: Arrays, files: ArrayFiles, known: Preparation | None = None) -> Array:
        """(N,) labels, int64 or words, or (N, outputs) float64 values."""
        file, name = files.find(split, paths, "y")
        (shape, dtype), where = read_shape(file, name), called(file, name, "y")
        self._refuse_words(dtype, where)
        check_answers(shape, where)
        expected = self._answer_shape(files) if known is None else known.spec.output_shape
        if len(shape) > 2:
            refuse_other_answers(answer_shape(shape, where), expected, where)
        y = read_array(file, name)
        if self._are_classes(y) if known is None else known.spec.classes is not None:
            return labels_of(y, where)
        refuse_words(dtype, where)
        return as_values(y, expected, where)

    def _answer_shape(self, files: ArrayFiles) -> Shape:
        """The shape of one answer of the training, from a header."""
        file, name = files.find("train", self.train, "y")
        return answer_shape(read_shape(file, name)[0], called(file, name, "y"))

    def _are_classes(self, y: Array) -> bool:
        plain = y.dtype.kind in "US" or (y.ndim == 1 and y.dtype.kind != "f")
        return self.task == "classification" or (self.task == "auto" and plain)
