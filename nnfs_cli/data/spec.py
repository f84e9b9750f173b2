"""Spec: examples and their answers, and what is known of them before they are read."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.shapes import Array, Shape

_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples and their answers, batch first.

    Attributes:
        x: (N, *input_shape), uint8 pixels from 0 to 255, or float32, or float64 where that would lose digits.
        y: (N,) int64 class numbers, or (N, outputs) float64 values, those of an image in the order of its axes; (N, 0)
            where each example is its own answer.
        weight: (N,) float64, how much each example counts while a network learns, at least 0; None: all the same.
        group: (N,) int64, examples of one number are held out together or not at all; None: each is by itself.
        place: (N,) int64, which of the examples of its files each is, counted from 0; None where nobody asks.
    """

    x: Array
    y: Array
    weight: Array | None = None
    group: Array | None = None
    place: Array | None = None

    def __len__(self) -> int:
        return len(self.x)

    def fingerprint(self) -> dict[str, Any]:
        """The number of examples, and the SHA-256 of all arrays with their types and shapes."""
        digest = hashlib.sha256()
        for array in self._arrays.values():
            digest.update(f"{array.dtype.str} {array.shape};".encode())
            digest.update(np.ascontiguousarray(array))
        return {"examples": len(self), "sha256": digest.hexdigest()}

    def unanswered(self) -> Examples:
        """The same examples, each its own answer."""
        return dataclasses.replace(self, y=np.empty((len(self), 0)))

    def take(self, rows: Array | slice) -> Examples:
        """The examples of these rows, in their order."""
        return Examples(**{name: array[rows] for name, array in self._arrays.items()})

    def part(self, kept: Array, held: Array) -> tuple[Examples, Examples]:
        """Two splits in the memory of this one, which is used up: no example is ever there twice.

        Args:
            kept, held: rows in ascending order, together each row once.
        """
        whole = Examples(**{name: _parted(array, kept, held) for name, array in self._arrays.items()})
        return whole.take(slice(len(kept))), whole.take(slice(len(kept), None))

    @property
    def _arrays(self) -> dict[str, Array]:
        return {name: array for name, array in vars(self).items() if array is not None}


def _parted(array: Array, kept: Array, held: Array) -> Array:
    """The array with the rows to keep first, moved forward block by block, and then those to hold out."""
    array, apart = np.require(array, requirements="W"), array[held]
    rows = max(1, _BLOCK // max(1, array[:1].nbytes))
    for start in range(int(held.min(initial=0)), len(kept), rows):
        block = kept[start : start + rows]
        array[start : start + len(block)] = array[block]
    array[len(kept) :] = apart
    return array


@dataclass(frozen=True)
class ColumnReport:
    """One column of a training table.

    Attributes:
        name: as in the header.
        kind: number, category, date; text, id, constant or ignore, which are left out; or target.
        missing: how many cells are.
        distinct: how many different ones are not missing.
        low, high: the smallest and the largest number, or the first and the last word.
        becomes: what is made of it, or why it is left out.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    low: float | str | None
    high: float | str | None
    becomes: str


@dataclass(frozen=True)
class DataSpec:
    """What a network needs to know before it sees an example; the report is no part of what makes two of them equal.

    Attributes:
        input_shape: the shape of one example: (channels, height, width) or (features,).
        classes: their names, in the order of the class numbers; None for regression.
        output_shape: the shape of one answer: (classes,), (values,), or (channels, height, width) of an image.
        targets: what the values to predict are called, if they have names.
        notes: what people should know of how the data was read.
        otherwise: how the answers could be meant instead, and what to set then; empty where that is out of question.
        miscounted: why there may seem to be more classes than people think, and what to do; empty in most cases.
        lacking: why this is not all that is meant, so that loading the data refuses: a sentence each.
        embeddings: of the last features, which are rows of tables.
        reconstruction: whether the answer to an example is the example itself; then there are no classes.
        report: what the columns of a table are.
    """

    input_shape: Shape
    classes: tuple[str, ...] | None
    output_shape: Shape
    targets: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    otherwise: str = ""
    miscounted: str = ""
    lacking: tuple[str, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    reconstruction: bool = False
    report: tuple[ColumnReport, ...] = field(default=(), compare=False)

    @property
    def outputs(self) -> int:
        """The number of classes, or of values to predict."""
        return math.prod(self.output_shape)

    def reconstructed(self) -> DataSpec:
        """The same examples, each its own answer."""
        unasked = {"classes": None, "targets": None, "otherwise": "", "miscounted": ""}
        return dataclasses.replace(self, output_shape=self.input_shape, reconstruction=True, **unasked)


@dataclass(frozen=True)
class Size:
    """How much memory the examples of a source take, known before they are read.

    Attributes:
        examples: how many there are, by split.
        x_bytes: of one example, as a split holds it.
        values: how many are to be predicted of one example; 0 where that is a class.
        reading: bytes that reading takes for a while on top of the splits themselves.
        weighted: whether the examples have weights of their own.
        reconstruction: whether each example is its own answer, which takes no memory.
    """

    examples: Mapping[str, int]
    x_bytes: int
    values: int = 0
    reading: int = 0
    weighted: bool = False
    reconstruction: bool = False

    @property
    def of_classes(self) -> bool:
        """Whether classes are predicted."""
        return not (self.values or self.reconstruction)

    @property
    def y_bytes(self) -> int:
        """Of the answers of one example: a number of a class takes as much as a value."""
        return 0 if self.reconstruction else 8 * max(1, self.values)

    def reconstructed(self) -> Size:
        """The same examples, each its own answer; classes are read with them and forgotten."""
        if self.reconstruction:
            return self
        reading = self.reading + 8 * sum(self.examples.values())
        return dataclasses.replace(self, values=0, reading=reading, reconstruction=True)

    def bytes_of(self, count: int) -> int:
        """Bytes of so many examples."""
        return count * (self.x_bytes + self.y_bytes + 8 * self.weighted)
