"""Column: how the cells of a column of a table become features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, NamedTuple

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import quoted

Scaling = bool | Literal["robust"]
Statistic = Literal["mean", "median"]


class Feature(NamedTuple):
    """One number of an example.

    Attributes:
        name: as a sentence calls it.
        fill: what takes the place of a missing number: a statistic of the training split, or a number.
        scaling: how it is standardized; None does as the whole table does, False leaves it as it is.
    """

    name: str
    fill: Statistic | float = 0.0
    scaling: Scaling | None = False


class Column(ABC):
    """A kind of column; what its constructor takes is what a checkpoint keeps of it.

    Attributes:
        name: as in the header.
        na_values: words in lower case that mean a missing cell, beside the usual ones.
        kinds: how many rows the table of its embedding has, 0 if it has none; its feature is then a row of that.
    """

    type_name: ClassVar[str]
    name: str
    na_values: tuple[str, ...]
    kinds: int = 0

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
        """Write the features of cells into out (n, width) float64, NaN where a number is missing.

        Of cells that `refused` names the features mean nothing.
        """

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
        return is_missing(text, frozenset(self.na_values))

    def missing_in(self, cells: Cells) -> dict[str, str]:
        """The texts among these cells that mean a missing one, each as a sentence begins about it."""
        return {text: f"got {cell_shown(text)}" for text in cells.texts if self.means_missing(text)}


def cell_shown(cell: str) -> str:
    """A cell as an error shows it."""
    return quoted(cell) if cell.strip() else "an empty cell"
