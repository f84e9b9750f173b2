"""NPZ: NumPy's own files, with arrays x and y."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from nnfs_cli.data.arrays import read_array, read_shape
from nnfs_cli.data.dataset import Facts, Size, Split
from nnfs_cli.data.examples import as_float64, as_numbers, example_shape, refuse_words, widest_dtype
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Place, Source, wanted
from nnfs_cli.data.targets import Task
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means, NonNegativeInt, ProperFraction
from nnfs_cli.registry import SOURCES

Pair = dict[Literal["x", "y"], str]
Arrays = Annotated[str | Pair, Means("a .npz path or two .npy paths {x: ..., y: ...}")]
Validation = Annotated[
    NonNegativeInt | ProperFraction | str | Pair, Means("a share such as 0.1, a count such as 5000, or paths")
]

MOST_CLASSES = 10_000
LARGEST_WHOLE = 2**53


@SOURCES.register("npz")
class NPZ(Source):
    """Arrays x (N, features), (N, height, width) or (N, channels, height, width), and y (N,) or (N, outputs).

    Bytes (uint8) are taken for pixels from 0 to 255.

    Args:
        train: a `.npz` file with arrays x and y, or two `.npy` files.
        test: the same kind of files.
        validation: the same too; or the share or count to hold out of `train`.
        task: `auto` takes whole numbers (N,) for classes counted from 0, anything else for values.
    """

    def __init__(self, train: Arrays, test: Arrays | None = None, validation: Validation = 0.1, task: Task = "auto"):
        for name, paths in {"train": train, "test": test, "validation": validation}.items():
            if isinstance(paths, dict) and len(paths) < 2:
                raise ConfigError(f"{name}: expected both x and y, got {', '.join(paths) or 'neither'}.")
        self.train = train
        self.test = test
        self.validation = validation
        self.task = task

    def facts(self, place: Place) -> Facts:
        """The shape is read from a header; classes are counted in y."""
        return self._facts(self.train, self._answers(self.train, place), place)

    def load(self, place: Place, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x uint8, float32 or float64, images as (N, channels, height, width)."""
        splits = {name: self._read(paths, place, known) for name, paths in self._paths(only).items()}
        return Loaded(known.facts if known else self._facts(self.train, splits["train"].y, place), splits)

    def sizes(self, place: Place, facts: Facts) -> Size:
        """Read from the headers. While numbers are brought to another type, both arrays are there."""
        found = {name: read_shape(*_find(paths, "x", place)) for name, paths in self._paths().items()}
        width, (_, dtype) = math.prod(facts.input_shape), found["train"]
        examples = {name: shape[0] for name, (shape, _) in found.items()}
        reading = max(shape[0] * width * _beside(dtype) for shape, dtype in found.values())
        values = 0 if facts.classes else facts.outputs
        return Size(examples, width * widest_dtype(dtype).itemsize, values, reading)

    def _paths(self, only: str | None = None) -> dict[str, Arrays]:
        return wanted({"train": self.train, "validation": self.validation, "test": self.test}, only)

    def _facts(self, paths: Arrays, y: Array, place: Place) -> Facts:
        file, name = _find(paths, "x", place)
        shape, dtype = read_shape(file, name)
        refuse_words(dtype, f"{file}: x")
        classes = None if y.ndim == 2 else _numbered(y, f"{_find(paths, 'y', place)[0]}: y")
        return Facts(example_shape(shape, f"{file}: x"), classes, y.shape[1] if classes is None else len(classes))

    def _read(self, paths: Arrays, place: Place, known: Preparation | None) -> Split:
        file, name = _find(paths, "x", place)
        x = as_numbers(read_array(file, name), f"{file}: x")
        return Split(x.reshape(-1, *example_shape(x.shape, f"{file}: x")), self._answers(paths, place, known))

    def _answers(self, paths: Arrays, place: Place, known: Preparation | None = None) -> Array:
        """(N,) int64 class numbers or (N, outputs) float64 values."""
        file, name = _find(paths, "y", place)
        y = read_array(file, name)
        refuse_words(y.dtype, f"{file}: y")
        if y.ndim not in (1, 2) or 0 in y.shape:
            raise DataError(f"{file}: y: got shape {y.shape}, expected (N,) or (N, outputs) of some examples.")
        numbered = self.task == "classification" or (self.task == "auto" and y.dtype.kind != "f")
        if y.ndim == 1 and (numbered if known is None else known.facts.classes is not None):
            return _class_numbers(as_float64(y) if y.dtype.kind == "f" else y, f"{file}: y")
        return as_float64(y).reshape(len(y), -1)


def _find(paths: Arrays, array: Literal["x", "y"], place: Place) -> tuple[Path, str | None]:
    """The file of an array, and its name if the file holds several."""
    if isinstance(paths, dict):
        return place.find(paths[array]), None
    return place.find(paths), array


def _beside(dtype: np.dtype) -> int:
    """Bytes that a number of a file takes beside the one that is kept; of float64 that one may be the smaller one."""
    kept = widest_dtype(dtype)
    return 4 if dtype == np.float64 else 0 if dtype == kept else dtype.itemsize


def _class_numbers(y: Array, where: str) -> Array:
    whole = np.isfinite(y) & (np.floor(y) == y) & (np.abs(y) <= LARGEST_WHOLE)
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(f"{where}: row {row}: expected a class number, got {y[row]}. Fix it, or set task: regression.")
    return y.astype(np.int64)


def _numbered(y: Array, where: str) -> tuple[str, ...]:
    count = int(y.max()) + 1
    if count > MOST_CLASSES:
        raise DataError(
            f"{where}: row {int(y.argmax())}: class {count - 1:,} is beyond {MOST_CLASSES:,} classes. "
            "Number the classes from 0, or set task: regression."
        )
    return tuple(map(str, range(count)))
