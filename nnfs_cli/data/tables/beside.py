"""Beside: columns that say something of an example and are no features: how much it counts, and its group."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.tables.bad_cells import bad_cells
from nnfs_cli.nn.shapes import Array


@dataclass(frozen=True)
class Beside:
    """The names of these columns; None where there is none."""

    weight: str | None = None
    group: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that there are."""
        return tuple(name for name in (self.weight, self.group) if name is not None)

    def gatherers(self) -> list[Gatherer]:
        """What takes their cells in, in the order of their names."""
        found = [self._weights.gatherer()] if self.weight is not None else []
        return found + [Gatherer(None, most=sys.maxsize)] * (self.group is not None)

    def refused(self, where: str, lines: Array, cells: Sequence[Cells]) -> Iterator[str]:
        """What is wrong with weights."""
        if self.weight is not None:
            yield from bad_cells(where, lines, self.weight, cells[0], self._weights.refused(cells[0]))

    def arrays(self, cells: Sequence[Cells], rows: Array | slice) -> dict[str, Array]:
        """The weight and the number of the group of these rows, (n,) each, as `Examples` calls them."""
        found = dict[str, Array]()
        if self.weight is not None:
            found["weight"] = cells[0].numbers[rows].astype(np.float64)
        if self.group is not None:
            found["group"] = self._groups(cells[-1])[rows]
        return found

    @staticmethod
    def _groups(cells: Cells) -> Array:
        """The number of the group of each row, (n,); one that names none is a group by itself."""
        missing = [code for code, text in enumerate(cells.texts) if is_missing(text)]
        alone = np.isin(cells.codes, missing)
        return np.where(alone, len(cells.texts) + np.arange(len(cells)), cells.codes).astype(np.int64)

    @property
    def _weights(self) -> Number:
        return Number(self.weight or "", "error")
