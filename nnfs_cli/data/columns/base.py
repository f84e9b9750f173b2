"""Column: how the cells of a column of a table become features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.data.examples import is_single
from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import harmless, quoted

Scaling = bool | Literal["robust"]
Statistic = Literal["mean", "median"]


class Feature(NamedTuple):
    """One number of an example.

    Attributes:
        name: as a sentence calls it.
        fill: what takes the place of a missing number: a statistic of the training split, or a number.
        scaling: how it is standardized; None does as the whole table does, False leaves it as it is.
        is_told: whether people are told of values that the training never saw; not of cells that are missing.
    """

    name: str
    fill: Statistic | float = 0.0
    scaling: Scaling | None = False
    is_told: bool = True


class Column(ABC):
    """A kind of column; what its constructor takes is what a checkpoint keeps of it.

    Attributes:
        name: as in the header.
        na_values: words that mean a missing cell, beside the usual ones, as `as_compared` gives them.
        kinds: how many rows the table of its embedding has, 0 if it has none; its feature is then a row of that.
        is_time: whether its first feature is a time.
    """

    type_name: ClassVar[str]
    name: str
    na_values: tuple[str, ...]
    kinds: int = 0
    is_time: ClassVar[bool] = False

    @property
    def embedding(self) -> Embedding | None:
        """The table that its feature is a row of, under a name that a file may hold."""
        return Embedding(harmless(self.name), self.kinds) if self.kinds else None

    @property
    @abstractmethod
    def features(self) -> tuple[Feature, ...]:
        """What it gives, in order."""

    @property
    def width(self) -> int:
        """The number of features."""
        return len(self.features)

    @abstractmethod
    def gatherer(self) -> Gatherer:
        """What takes its cells in, for `encode`."""

    @abstractmethod
    def encode(self, cells: Cells, out: Array) -> None:
        """Write the features of cells into out (n, width), NaN where a number is missing.

        Of cells that `refused` names the features mean nothing.
        """

    def fits_single(self, cells: Cells) -> bool:
        """Whether single precision holds the features of these cells."""
        return is_single(cells.numbers)

    @abstractmethod
    def refused(self, cells: Cells) -> dict[str, str]:
        """Why cells with a text cannot be used, by the text: "expected a number, got 'x'"."""

    @abstractmethod
    def remarks(self, cells: Cells) -> dict[str, str]:
        """What cells with a text are taken for that the training never saw, by the text."""

    @abstractmethod
    def becomes(self) -> str:
        """What people should know of its features, in a few words."""

    def means_missing(self, text: str) -> bool:
        """Whether a text says that the cell is missing."""
        return is_missing(text, self.own_missing)

    @cached_property
    def own_missing(self) -> frozenset[str]:
        """`na_values`, to look a word up."""
        return frozenset(self.na_values)

    def missing_in(self, cells: Cells) -> dict[str, str]:
        """The texts among these cells that mean a missing one, each as a sentence begins about it."""
        return {text: f"got {cell_shown(text)}" for text in cells.texts if self.means_missing(text)}


def laid_out(columns: Sequence[Column]) -> list[slice]:
    """Where the features of each column are in an example: in the order of the columns, rows of tables at the end."""
    slices, start = dict[int, slice](), 0
    for place in sorted(range(len(columns)), key=lambda place: columns[place].kinds > 0):
        slices[place] = slice(start, start + columns[place].width)
        start += columns[place].width
    return [slices[place] for place in range(len(columns))]


def features_of(columns: Sequence[Column]) -> list[Feature]:
    """What the columns of a table give, in the order of an example."""
    placed = zip(laid_out(columns), columns, strict=True)
    ordered = sorted(placed, key=lambda one: one[0].start)
    return [feature for _, column in ordered for feature in column.features]


def cell_shown(cell: str) -> str:
    """A cell as an error shows it."""
    return quoted(cell) if cell.strip() else "an empty cell"
