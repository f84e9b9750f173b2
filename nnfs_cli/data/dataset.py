"""Dataset: the examples of a run, split by their use, and what is known about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import counted

if TYPE_CHECKING:
    from nnfs_cli.data.preparation import Preparation
    from nnfs_cli.data.sources.base import Source

_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class Split:
    """Examples and their answers, batch first.

    Attributes:
        x: (N, *input_shape), uint8 pixels from 0 to 255, or float32, or float64 where that would lose digits.
        y: (N,) int64 class numbers, or (N, outputs) float64 values.
    """

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.x)

    def fingerprint(self) -> dict[str, Any]:
        """The number of examples, and the SHA-256 of both arrays with their types and shapes."""
        digest = hashlib.sha256()
        for array in (self.x, self.y):
            digest.update(f"{array.dtype.str} {array.shape};".encode())
            digest.update(np.ascontiguousarray(array))
        return {"examples": len(self), "sha256": digest.hexdigest()}

    def take(self, rows: Array | slice) -> Split:
        """The examples of these rows, in their order."""
        return Split(self.x[rows], self.y[rows])

    def part(self, kept: Array, held: Array) -> tuple[Split, Split]:
        """Two splits in the memory of this one, which is used up: no example is ever there twice.

        Args:
            kept, held: rows in ascending order, together each row once.
        """
        x, y = (_parted(array, kept, held) for array in (self.x, self.y))
        return Split(x[: len(kept)], y[: len(kept)]), Split(x[len(kept) :], y[len(kept) :])


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
class Facts:
    """What a network needs to know before it sees an example.

    Attributes:
        input_shape: the shape of one example: (channels, height, width) or (features,).
        classes: their names, in the order of the class numbers; None for regression.
        outputs: the number of classes, or of values to predict.
        targets: what the values to predict are called, if they have names.
        notes: what people should know of how the data was read.
        otherwise: how the answers could be meant instead, and what to set then; empty where that is out of question.
        miscounted: why there may seem to be more classes than people think, and what to do; empty in most cases.
    """

    input_shape: Shape
    classes: tuple[str, ...] | None
    outputs: int
    targets: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    otherwise: str = ""
    miscounted: str = ""


@dataclass(frozen=True)
class Size:
    """How much memory the examples of a source take, known before they are read.

    Attributes:
        examples: how many there are, by split.
        x_bytes: of one example, as a split holds it.
        values: how many are to be predicted of one example; 0 where that is a class.
        reading: bytes that reading takes for a while on top of the splits themselves.
    """

    examples: Mapping[str, int]
    x_bytes: int
    values: int = 0
    reading: int = 0

    @property
    def y_bytes(self) -> int:
        """Of the answers of one example: a number of a class takes as much as a value."""
        return 8 * max(1, self.values)

    def bytes_of(self, count: int) -> int:
        """Bytes of so many examples."""
        return count * (self.x_bytes + self.y_bytes)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything a session needs from its data.

    Attributes:
        splits: "train" always, "validation" and "test" when there are any, in this order.
        preparation: measured on the training split alone.
        files: where each split was read from.
        notes: warnings for people.
        source: where the arrays really came from, the fallback included.
        found: where its relative paths led, absolute.
    """

    splits: Mapping[str, Split]
    preparation: Preparation
    files: Mapping[str, str]
    notes: tuple[str, ...]
    source: Source
    found: Mapping[str, str]

    @property
    def facts(self) -> Facts:
        """What a network needs to know before it sees an example."""
        return self.preparation.facts

    @cached_property
    def digests(self) -> dict[str, dict[str, Any]]:
        """What tells whether a split is the same one again: its number of examples and a SHA-256 of its arrays."""
        return {name: split.fingerprint() for name, split in self.splits.items()}


def what_changed(now: Mapping[str, Any] | None, before: Any) -> str | None:
    """How a split differs from the one of a training, by their fingerprints; None if it is the same."""
    if now == before:
        return None
    known = before.get("examples") if isinstance(before, Mapping) else None
    if now is None or known is None:
        return "it was not there" if now is not None else "it is not there"
    if now["examples"] != known:
        return f"{counted(now['examples'], 'example')} now, {known} then"
    return "other examples, or the same ones in another order"
