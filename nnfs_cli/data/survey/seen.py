"""Seen: what the cells of a column have in common, counted once for all questions about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnfs_cli.data.cells.cells import NUMBER, Cells
from nnfs_cli.data.cells.missing import is_among, is_missing, is_no_number
from nnfs_cli.data.cells.notation import is_number
from nnfs_cli.data.columns.base import cell_shown
from nnfs_cli.data.examples import LARGEST
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

MOSTLY = 9
FEW = 20
_COUNTED, _GROUP = 50, 1000


@dataclass(frozen=True, eq=False)
class Seen:
    """A column as the training file has it.

    Attributes:
        where: the name of the file.
        name: of the column.
        cells: in the order of the rows.
        lines: on which each row begins.
        own_missing: further words that mean a missing cell, as `as_compared` gives them.
        padded: the first number with zeros before it.
        are_values: whether these are taken for numbers or dates, among which more words mean a missing one.
    """

    where: str
    name: str
    cells: Cells
    lines: Array
    own_missing: frozenset[str] = frozenset()
    padded: str = ""
    are_values: bool = False

    def as_values(self) -> Seen:
        """The same, taken for numbers or dates."""
        return dataclasses.replace(self, are_values=True)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each text occurs that occurs at all."""
        counts = zip(self.cells.texts, self.cells.counts().tolist(), strict=True)
        return {text: count for text, count in counts if count}

    @cached_property
    def missing(self) -> dict[str, int]:
        """How often each text occurs that means a missing cell; among numbers more words do."""
        words = {text: count for text, count in self.counts.items() if not is_no_number(text, self.own_missing)}
        others = sum(count for text, count in words.items() if not is_number(text))
        mean = is_no_number if self.are_values or self.numbers > MOSTLY * others else is_missing
        return {text: count for text, count in self.counts.items() if mean(text, self.own_missing)}

    @cached_property
    def words(self) -> dict[str, int]:
        """How often each text occurs that is not missing, numbers among them where texts were kept."""
        return {text: count for text, count in self.counts.items() if text not in self.missing}

    @cached_property
    def texts(self) -> dict[str, int]:
        """How often each text occurs that is neither a plain number nor missing."""
        return {text: count for text, count in self.words.items() if self._number(text) is None}

    @property
    def rows(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    @cached_property
    def numbers(self) -> int:
        """How many cells are plain numbers."""
        as_texts = sum(count for text, count in self.counts.items() if self._number(text) is not None)
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
        if all(self._number(text) is None for text in self.counts):
            return self.cells.numbers[self.cells.codes == NUMBER]
        found = self.cells.values(self._number)
        return found[~np.isnan(found)]

    @cached_property
    def has_decimals(self) -> bool:
        """Whether some plain numbers are not whole."""
        return bool(np.mod(self.values, 1).any())

    @property
    def has_too_many_digits(self) -> bool:
        """Whether there are whole numbers beyond 2^53, of which double precision does not hold all."""
        return bool(np.abs(self.values).max(initial=0) > 2**53) and not self.has_decimals

    @cached_property
    def has_points(self) -> bool:
        """Whether some plain numbers have a point before other decimals than the three of thousands: not 1.234.

        Nor 1.500, which is 1.5, so that most of them have to have fewer decimals before that says something.
        """
        values = np.abs(self.values[np.mod(self.values, 1) != 0])
        few = np.count_nonzero(np.round(values * 100) / 100 == values)
        others = (values < 1) | (values >= _GROUP) | (np.round(values * _GROUP) / _GROUP != values)
        return bool(others.any()) or 2 * few > len(values)

    @cached_property
    def distinct(self) -> int:
        """How many different cells there are that are not missing; numbers count as such."""
        return len(self._different[0]) + len(self.texts) + self.has_more

    @property
    def most_frequent(self) -> int:
        """How often the most frequent cell that is not missing occurs."""
        return max([*self.words.values(), int(self._different[1].max(initial=0))], default=0)

    @cached_property
    def _different(self) -> tuple[Array, Array]:
        """The different numbers, and how often each occurs."""
        return np.unique(self.values, return_counts=True)

    @cached_property
    def has_more(self) -> bool:
        """Whether there are more different texts than are kept."""
        return bool((self.cells.codes < NUMBER).any())

    @cached_property
    def counts_rows(self) -> bool:
        """Whether it counts from 0 or 1, as the numbers of rows and passengers do."""
        return self.rises and self.values[0] in (0, 1) and bool((np.diff(self.values) == 1).all())

    @cached_property
    def rises(self) -> bool:
        """Whether whole numbers, each larger than the one before it, stand in all cells."""
        values = self.values
        whole = len(values) == self.rows >= _COUNTED and not self.has_decimals
        return bool(whole and (np.diff(values) > 0).all())

    @property
    def nearly_all_different(self) -> bool:
        """Whether the cells are like names: over 20 different ones, and on average fewer than two of each."""
        return self.distinct > FEW and self.present < 2 * self.distinct

    def got(self, text: str) -> str:
        """How a sentence begins about a text: where it stands first."""
        row, _ = self.cells.first_of({text: ""}) or (0, 0)
        return f"{self.where}:{self.lines[row]}: column '{shown(self.name)}': got {cell_shown(text)}"

    @cached_property
    def _number(self) -> Callable[[str], float | None]:
        """What makes a number of a text, None of one that is no plain and finite number, or means a missing one."""

        def number(text: str) -> float | None:
            if not is_number(text) or is_among(text, self.own_missing):
                return None
            return value if abs(value := float(text)) <= LARGEST else None

        return number
