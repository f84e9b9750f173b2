"""Cells: the cells of one column in few bytes, numbers as numbers and every different text once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnfs_cli.nn.shapes import Array

NUMBER, BEYOND = -1, -2
"""The codes of a cell that is a number, and of a text that came when there were too many different ones to keep."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a column.

    Attributes:
        numbers: (n,) float64, those that are finite in single precision; 0 elsewhere.
        codes: (n,) int32, the place of its text among the texts; NUMBER or BEYOND.
        texts: the different texts, as they are written, in the order in which they come.
    """

    numbers: Array
    codes: Array
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Array) -> Cells:
        """The cells of these rows."""
        return Cells(self.numbers[rows], self.codes[rows], self.texts)

    def counts(self) -> Array:
        """How often each text occurs, (texts,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    def values(self, parse: Callable[[str], float | None]) -> Array:
        """(n,) float64: the numbers, and what each text means; NaN for one that means None, or that was not kept."""
        meanings = (parse(text) for text in self.texts)
        table = np.array([*(np.nan if value is None else value for value in meanings), np.nan], np.float64)
        codes = np.where(self.codes == BEYOND, len(self.texts), self.codes)
        return np.where(codes == NUMBER, self.numbers, table[codes])

    def places(self, known: Mapping[str, int], otherwise: int) -> Array:
        """(n,) int64: the place that each text has in `known`, and `otherwise` for others."""
        table = np.array([*(known.get(text, otherwise) for text in self.texts), otherwise], np.int64)
        return table[np.where(self.codes < 0, len(self.texts), self.codes)]

    def first_of(self, told: Mapping[str, str]) -> tuple[int, int] | None:
        """The first row that holds one of these texts, and how many do; None if there is none."""
        rows = np.flatnonzero(self._hold(told)) if told else ()
        return (int(rows[0]), len(rows)) if len(rows) else None

    def rows_of(self, told: Mapping[str, str]) -> dict[int, str]:
        """What is told of a text, for every row that holds it."""
        if not told:
            return {}
        rows = np.flatnonzero(self._hold(told)).tolist()
        return {row: told[self.texts[self.codes[row]]] for row in rows}

    def _hold(self, texts: Collection[str]) -> Array:
        """Which cells hold one of these texts, (n,) bool."""
        held = np.array([*(text in texts for text in self.texts), False])
        return held[np.where(self.codes < 0, len(self.texts), self.codes)]
