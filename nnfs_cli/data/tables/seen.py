"""Seen: what the cells of a column have in common, counted once for all questions about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnfs_cli.data.cells.cells import NUMBER, Cells
from nnfs_cli.data.cells.missing import is_missing, is_no_number
from nnfs_cli.data.cells.notation import is_number
from nnfs_cli.data.columns.base import cell_shown
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

MOSTLY = 9
FEW = 20
_COUNTED = 50


@dataclass(frozen=True, eq=False)
class Seen:
    """A column as the training file has it.

    Attributes:
        where: the name of the file.
        name: of the column.
        cells: in the order of the rows.
        lines: on which each row begins.
        na_values: further words that mean a missing cell, in lower case.
    """

    where: str
    name: str
    cells: Cells
    lines: Array
    na_values: frozenset[str] = frozenset()

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each text occurs."""
        return dict(zip(self.cells.texts, self.cells.counts().tolist(), strict=True))

    @cached_property
    def missing(self) -> dict[str, int]:
        """How often each text occurs that means a missing cell; among numbers more words do."""
        mean = is_no_number if self.numbers > MOSTLY * self._words(is_no_number) else is_missing
        return {text: count for text, count in self.counts.items() if count and mean(text, self.na_values)}

    @cached_property
    def texts(self) -> dict[str, int]:
        """How often each text occurs that is neither a plain number nor missing."""
        return {
            text: count
            for text, count in self.counts.items()
            if count and text not in self.missing and not (is_number(text) and self._is_finite(text))
        }

    @cached_property
    def words(self) -> dict[str, int]:
        """How often each text occurs that is not missing, numbers among them where texts were kept."""
        return {text: count for text, count in self.counts.items() if count and text not in self.missing}

    @property
    def rows(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    @property
    def numbers(self) -> int:
        """How many cells are plain numbers."""
        as_texts = sum(count for text, count in self.counts.items() if is_number(text) and self._is_finite(text))
        return as_texts + int(np.count_nonzero(self.cells.codes == NUMBER))

    @property
    def present(self) -> int:
        """How many cells are not missing."""
        return self.rows - sum(self.missing.values())

    @property
    def is_numeric(self) -> bool:
        """Whether the cells are numbers, but for a few texts and those that are missing."""
        return self.numbers > MOSTLY * sum(self.texts.values())

    @cached_property
    def values(self) -> Array:
        """The numbers among the cells, those of texts too, in the order of the rows."""
        if not any(is_number(text) for text in self.cells.texts):
            return self.cells.numbers[self.cells.codes == NUMBER]
        found = self.cells.values(lambda text: float(text) if is_number(text) and self._is_finite(text) else None)
        return found[~np.isnan(found)]

    @cached_property
    def distinct(self) -> int:
        """How many different cells there are that are not missing; numbers count as such."""
        texts = sum(1 for text in self.texts)
        return len(np.unique(self.values)) + texts + int((self.cells.codes < NUMBER).any())

    @cached_property
    def counts_rows(self) -> bool:
        """Whether it counts from 0 or 1, as the numbers of rows and passengers do."""
        values = self.values
        if len(values) != self.rows or self.rows < _COUNTED or values[0] not in (0, 1):
            return False
        return bool((np.diff(values) == 1).all())

    @cached_property
    def rises(self) -> bool:
        """Whether whole numbers, each larger than the one before it, stand in all cells."""
        values = self.values
        whole = len(values) == self.rows >= _COUNTED and (values == np.floor(values)).all()
        return bool(whole and (np.diff(values) > 0).all())

    @property
    def nearly_all_different(self) -> bool:
        """Whether the cells are like names: over 20 different ones, and on average fewer than two of each."""
        return self.distinct > FEW and self.present < 2 * self.distinct

    def got(self, text: str) -> str:
        """How a sentence begins about a text: where it stands first."""
        row = int(np.argmax(self.cells.codes == self.cells.texts.index(text)))
        return f"{self.where}:{self.lines[row]}: column '{shown(self.name)}': got {cell_shown(text)}"

    def _words(self, mean_missing) -> int:
        return sum(
            count
            for text, count in self.counts.items()
            if not mean_missing(text, self.na_values) and not is_number(text)
        )

    @staticmethod
    def _is_finite(text: str) -> bool:
        return abs(float(text)) <= float(np.finfo(np.float32).max)
