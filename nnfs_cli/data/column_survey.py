"""ColumnSurvey: what the cells of a column have in common, and whether a network can learn from them."""

from __future__ import annotations

import functools
import re

from nnfs_cli.data.cells import is_blank, is_nan, is_number, looks_like
from nnfs_cli.data.columns import MOST_CATEGORIES, Column, show
from nnfs_cli.data.different import Different
from nnfs_cli.data.examples import LARGEST
from nnfs_cli.data.table import Block
from nnfs_cli.errors import DataError
from nnfs_cli.text import sentence, shown

FEW = 20
_MOSTLY = 9
_MAY_BE_HUGE = re.compile(r"[enEN]|[0-9]{39}")
"""Numbers in which an exponent, infinity, nan or very many digits are."""


class ColumnSurvey:
    """What all cells of one column have in common, gathered block by block.

    Attributes:
        texts: how many cells are neither numbers nor missing.
    """

    def __init__(self, name: str):
        self.name = name
        self._different_numbers, self._different_others = Different(), set[str]()
        self.texts = 0
        self._numbers = 0
        self._blanks, self._nans = 0, 0
        self._first_text = ""
        self._first_missing = ""
        self._first_huge = ""

    def add(self, where: str, block: Block, position: int) -> None:
        """Take a block in."""
        cells = block.cells(position)
        different = set(cells)
        others = {cell for cell in different if not is_number(cell)}
        self._different_numbers.add(different - others)
        if len(self._different_others) <= MOST_CATEGORIES:
            self._different_others |= others
        if not others and not _MAY_BE_HUGE.search(" ".join(different)):
            self._numbers += len(cells)
        else:
            self._count(where, block, cells)

    @functools.cached_property
    def distinct(self) -> set[str]:
        """The different cells, as many as there are or over 1,000 of them; asked for when all blocks are in."""
        return self._different_numbers.cells() | self._different_others

    def column(self) -> Column:
        """The column that fits all cells.

        Raises:
            DataError: a few texts among numbers, or too many different texts.
        """
        self.refuse_missing(f"drop the column with {self._drop}")
        if not self.texts:
            self.refuse_huge()
            return Column(self.name)
        self.refuse_few_texts(f"drop the column with {self._drop}")
        if len(self.distinct) > MOST_CATEGORIES:
            advice = self._advice(f"Drop it with {self._drop}")
            raise DataError(f"{self._first_text}, and over {MOST_CATEGORIES:,} other texts{advice}")
        return Column(self.name, tuple(sorted(self.distinct)))

    @property
    def _drop(self) -> str:
        return f"dataset.drop: [{shown(self.name)}]"

    def refuse_missing(self, otherwise: str) -> None:
        """Refuse missing cells: blank ones, and in a column without texts those that say nan.

        Args:
            otherwise: what to do if they cannot be filled in.

        Raises:
            DataError: there are some; how many of how many.
        """
        missing = self._blanks + (0 if self.texts else self._nans)
        total = self._numbers + self._blanks + self._nans + self.texts
        if missing == total and total:
            raise DataError(f"{self._first_missing}, as in all {total:,} rows. {sentence(otherwise)}.")
        if missing:
            others, them = ("", "it") if missing == 1 else (f", the first of {missing:,} in {total:,} rows", "them")
            raise DataError(f"{self._first_missing}{others}. Fill {them} in, or {otherwise}.")

    def refuse_huge(self) -> None:
        """Refuse numbers beyond single precision.

        Raises:
            DataError: there are some in a column without texts.
        """
        if self._first_huge and not self.texts:
            raise DataError(f"{self._first_huge}, expected a finite number. Fix the cell or leave its row out.")

    def refuse_few_texts(self, otherwise: str) -> None:
        """Refuse a few texts among numbers.

        Args:
            otherwise: what to do if the cell is right.

        Raises:
            DataError: there are some.
        """
        if self.texts and self._numbers > _MOSTLY * self.texts:
            others, it = ("", "it") if self.texts == 1 else (f", the first of {self.texts:,} such cells", "them")
            raise DataError(f"{self._first_text} among numbers{others}. Fix {it} or {otherwise}.")

    def refuse_texts(self) -> None:
        """Refuse texts of any number.

        Raises:
            DataError: there are some.
        """
        if self.texts:
            advice = self._advice("Fix the cell, or set dataset.task: classification")
            raise DataError(f"{self._first_text}, expected numbers{advice}")

    def _advice(self, otherwise: str) -> str:
        """How the sentence on too many texts ends: with what they look like, and what to do."""
        kind = looks_like(self.distinct)
        return f", which look like {kind}. Write plain numbers such as 1234.5." if kind else f". {otherwise}."

    def note(self, become: str = "categories with a feature each") -> str | None:
        """What people should know of a column of texts that is not plainly one of categories; None if it is.

        Args:
            become: what the different texts are taken for.
        """
        if not self.texts:
            return None
        kind = looks_like(self.distinct)
        cells, different = self._numbers + self._nans + self.texts, len(self.distinct)
        if kind is not None:
            reason = f"which look like {kind}"
        elif 2 * self._numbers > cells:
            reason = f"among {self._numbers:,} numbers"
        elif different > FEW and 2 * different > cells:
            reason = "nearly all different, like names or numbers of things"
        else:
            return None
        return f"{self._first_text}, {reason}: taken for text, {different:,} {become}"

    def _count(self, where: str, block: Block, cells: list[str]) -> None:
        for line, cell in zip(block.lines, cells, strict=True):
            if is_blank(cell) or is_nan(cell):
                self._first_missing = self._first_missing or self._got(where, line, cell)
                self._blanks += is_blank(cell)
                self._nans += not is_blank(cell)
            elif is_number(cell):
                self._numbers += 1
                if not abs(float(cell)) <= LARGEST:
                    self._first_huge = self._first_huge or self._got(where, line, cell)
            else:
                self._first_text = self._first_text or self._got(where, line, cell)
                self.texts += 1

    def _got(self, where: str, line: int, cell: str) -> str:
        return f"{where}:{line}: column '{shown(self.name)}': got {show(cell)}"
