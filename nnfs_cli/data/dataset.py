"""Dataset: the examples of a run, split by their use, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnfs_cli.data.columns import Column
from nnfs_cli.data.standardize import Standardizer
from nnfs_cli.nn.shapes import Array, Shape

if TYPE_CHECKING:
    from nnfs_cli.data.sources.base import Source


@dataclass(frozen=True, eq=False)
class Split:
    """Examples and their answers, batch first.

    Attributes:
        x: (N, *input_shape), uint8 pixels from 0 to 255, or float32.
        y: (N,) int64 class numbers, or (N, outputs) float32 values.
    """

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Array | slice) -> Split:
        """The examples of these rows, in their order."""
        return Split(self.x[rows], self.y[rows])


@dataclass(frozen=True)
class Facts:
    """What a network needs to know before it sees an example.

    Attributes:
        input_shape: the shape of one example: (channels, height, width) or (features,).
        classes: their names, in the order of the class numbers; None for regression.
        outputs: the number of classes, or of values to predict.
    """

    input_shape: Shape
    classes: tuple[str, ...] | None
    outputs: int


@dataclass(frozen=True)
class Size:
    """How much memory the examples of a source take, known before they are read.

    Attributes:
        examples: how many there are, by split.
        x_bytes, y_bytes: of one example, as a split holds it.
        reading: bytes that reading takes for a while on top of the splits themselves.
    """

    examples: Mapping[str, int]
    x_bytes: int
    y_bytes: int
    reading: int = 0

    def bytes_of(self, count: int) -> int:
        """Bytes of so many examples."""
        return count * (self.x_bytes + self.y_bytes)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything a session needs from its data.

    Attributes:
        splits: "train" always, "validation" and "test" when there are any, in this order.
        standardizer: fitted on the training split alone.
        columns: how a row of a table becomes features; None for anything but tables.
        digest: SHA-256 of all arrays of the source, whatever `limit` and `validation` take of them.
        notes: warnings for people.
        source: where the arrays really came from, the fallback included.
    """

    facts: Facts
    splits: Mapping[str, Split]
    standardizer: Standardizer
    columns: tuple[Column, ...] | None
    digest: str
    notes: tuple[str, ...]
    source: Source

    @property
    def pixels(self) -> bool:
        """Whether examples are pixels from 0 to 255."""
        return self.splits["train"].x.dtype == np.uint8
