"""Column: how the cells of a table become features."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Len

from nnfs_cli.data.examples import LARGEST
from nnfs_cli.data.tables.cells import are_plain, is_number
from nnfs_cli.data.tables.table import Block
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.registry import from_state
from nnfs_cli.text import MOST, listed, quoted, shown

MOST_CATEGORIES = 1000

Categories = Annotated[tuple[str, ...], Len(1, MOST_CATEGORIES), Means("a list of 1 to 1,000 texts")]


@dataclass(frozen=True)
class Column:
    """One column: a number, or one of a few texts that become one-hot features.

    Attributes:
        name: as in the header.
        categories: the texts of the training file in alphabetical order, a feature each; None for numbers.
    """

    name: str
    categories: Categories | None = None

    @property
    def width(self) -> int:
        """The number of features."""
        return 1 if self.categories is None else len(self.categories)

    def encode(self, cells: Sequence[str]) -> Array:
        """The features of these cells: (n, width) float64.

        Raises:
            CellError: a cell is empty, not a finite number, or a text that the training file lacks.
        """
        if self.categories is None:
            return numbers(cells)[:, None]
        features = np.zeros((len(cells), self.width))
        features[np.arange(len(cells)), codes(cells, self.categories)] = 1
        return features

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into this column."""
        return {"name": self.name, "categories": None if self.categories is None else list(self.categories)}

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Column:
        """The column that `to_json` described.

        Raises:
            ConfigError: it is no such column.
        """
        return from_state(cls, "column", state)


class CellError(ValueError):
    """Cells that cannot be used: why, by their row among those given; the text is about the first."""

    def __init__(self, reasons: Mapping[int, str]):
        self.reasons, self.row = reasons, min(reasons)
        super().__init__(reasons[self.row])


def numbers(cells: Sequence[str]) -> Array:
    """(n,) float64.

    Raises:
        CellError: a cell is empty, not a number, or too large for single precision, in which most networks compute.
    """
    with contextlib.suppress(ValueError):
        if (are_plain(cells) and all(cells)) or all(map(is_number, cells)):
            values = np.fromiter(map(float, cells), np.float64, len(cells))
            if (np.abs(values) <= LARGEST).all():
                return values
    raise CellError({row: _no_number(cell) for row, cell in enumerate(cells) if _no_number(cell)})


def _no_number(cell: str) -> str:
    """Why a cell is no number that a network takes; empty if it is one."""
    if not is_number(cell):
        return f"expected a number, got {show(cell)}"
    return "" if abs(float(cell)) <= LARGEST else f"expected a finite number, got {show(cell)}"


def codes(cells: Sequence[str], categories: Sequence[str]) -> Array:
    """The place of each cell among `categories`: (n,) int64.

    Raises:
        CellError: a cell is none of them.
    """
    positions = {category: position for position, category in enumerate(categories)}
    found = np.fromiter((positions.get(cell, -1) if cell else -1 for cell in cells), np.int64, len(cells))
    if (found < 0).any():
        expected = f"expected one of {listed(categories)}"
        raise CellError({int(row): f"{expected}, got {show(cells[row])}" for row in np.flatnonzero(found < 0)})
    return found


def encode_usable(
    where: str, block: Block, columns: Sequence[Column], positions: Sequence[int]
) -> tuple[Array, dict[int, str]]:
    """The features of a block with zeros in the rows that cannot be used, and why they cannot, by row."""
    parts, reasons = [], dict[int, list[str]]()
    for column, position in zip(columns, positions, strict=True):
        cells, features = block.cells(position), np.zeros((len(block.rows), column.width))
        try:
            features[:] = column.encode(cells)
        except CellError as error:
            for row, reason in error.reasons.items():
                reasons.setdefault(row, []).append(f"column '{shown(column.name)}': {reason}")
            usable = [row for row in range(len(cells)) if row not in error.reasons]
            features[usable] = column.encode([cells[row] for row in usable])
        parts.append(features)
    features = np.concatenate(parts, axis=1)
    features[list(reasons)] = 0
    return features, {row: _told(f"{where}:{block.lines[row]}", told) for row, told in reasons.items()}


def location_of(where: str, line: int, name: str) -> str:
    """How an error names a cell."""
    return f"{where}:{line}: column '{shown(name)}'"


def _told(where: str, reasons: Sequence[str]) -> str:
    """What is wrong with the cells of a row, some of them where there are many."""
    more = f"; and {len(reasons) - MOST:,} more" if len(reasons) > MOST else ""
    return (
        f"{where}: {'; '.join(reasons[:MOST])}{more}. Fix the cell{'s' if len(reasons) > 1 else ''} or remove the row."
    )


def show(cell: str) -> str:
    """A cell as an error shows it."""
    return quoted(cell) if cell.strip() else "an empty cell"
