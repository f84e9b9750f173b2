"""ColumnSurvey: what the cells of a column have in common, and whether a network can learn from them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from functools import partial

from nnfs_cli.data.examples import LARGEST
from nnfs_cli.data.tables.cells import is_missing, is_number, looks_like, plain
from nnfs_cli.data.tables.columns import MOST_CATEGORIES, Column, show
from nnfs_cli.data.tables.counting import Counting
from nnfs_cli.data.tables.different import Different
from nnfs_cli.data.tables.missing import MissingCells
from nnfs_cli.data.tables.table import Block
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.text import flow_list, sentence, shown

FEW = 20
_MOSTLY = 9
_MAY_BE_HUGE = re.compile(r"[enEN]|[0-9]{39}")
"""Numbers in which an exponent, infinity, nan or very many digits are."""


class ColumnSurvey:
    """What all cells of one column have in common, gathered block by block.

    Args:
        name: of the column.
        dropped: names of the columns that are left out already.

    Attributes:
        texts: how many cells are neither numbers nor missing.
    """

    def __init__(self, name: str, dropped: Sequence[str] = ()):
        self.name = name
        self.texts = 0
        self._drop = f"dataset.drop: {flow_list([*dropped, name])}"
        self._different_numbers, self._different_others = Different(), set[str]()
        self._numbers = 0
        self._missing = MissingCells()
        self._first_text = ""
        self._first_huge = ""
        self._counting = Counting()

    def add(self, where: str, block: Block, position: int) -> None:
        """Take a block in."""
        cells = block.cells(position)
        different = set(cells)
        others = {cell for cell in different if not is_number(cell)}
        self._different_numbers.add(different - others)
        if len(self._different_others) <= MOST_CATEGORIES:
            self._different_others |= others
        self._counting.add(cells)
        if not others and not _MAY_BE_HUGE.search(" ".join(different)):
            self._numbers += len(cells)
        else:
            self._count(where, block, cells)

    @functools.cached_property
    def distinct(self) -> set[str]:
        """The different cells, as many as there are or over 1,000 of them; asked for when all blocks are in."""
        return self._different_numbers.cells() | self._different_others

    @property
    def rows(self) -> int:
        """How many cells there are."""
        return self._numbers + self._missing.count + self.texts

    @property
    def words(self) -> int:
        """How many cells are neither numbers nor blank nor nan: texts, and words for what is missing."""
        return self.texts + self._missing.words

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers, but for a few texts and those that are missing."""
        return not self.texts or self._numbers > _MOSTLY * self.texts

    @property
    def worthless(self) -> bool:
        """Whether nothing can be learned from the column: it counts, names the rows, or is missing in all of them."""
        return self._counts() or self._is_missing() or (not self.numeric and not self.kind and self._are_names())

    def column(self) -> Column:
        """The column that fits all cells.

        Raises:
            DataError: missing cells, a few texts among numbers, numbers beyond single precision, too many texts.
        """
        otherwise = f"drop the column with {self._drop}"
        few_texts = partial(self.refuse_few_texts, otherwise)
        all_told([partial(self.refuse_missing, otherwise), self.refuse_huge, few_texts, self._refuse_many_texts])
        return Column(self.name) if self.numeric else Column(self.name, tuple(sorted(self.distinct)))

    def refuse_missing(self, otherwise: str, *, words: bool = True) -> None:
        """Refuse missing cells: blank ones, and in a column of numbers those that say it in a word.

        Args:
            otherwise: what to do if they cannot be filled in.
            words: whether a word such as "none" says so; if not only nan does, where there is no text.

        Raises:
            DataError: there are some; how many of how many, of every kind.
        """
        meant = (self.numeric or self.kind is not None) if words else not self.words
        self._missing.refuse(self.rows, otherwise, words=meant)

    def refuse_huge(self) -> None:
        """Refuse numbers beyond single precision.

        Raises:
            DataError: there are some in a column of numbers.
        """
        if self._first_huge and self.numeric:
            raise DataError(f"{self._first_huge}, expected a finite number. Fix the cell or leave its row out.")

    def refuse_few_texts(self, otherwise: str) -> None:
        """Refuse a few texts among numbers.

        Args:
            otherwise: what to do if the cell is right.

        Raises:
            DataError: there are some.
        """
        if self.texts and self.numeric:
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

    def refuse_other_spellings(self, otherwise: str) -> None:
        """Refuse texts that look like numbers in another spelling, such as "1.234,5" or "$5".

        Args:
            otherwise: what to do if they are no numbers.

        Raises:
            DataError: most texts of the column do.
        """
        if self.kind:
            raise DataError(f"{self._first_text}, which look like {self.kind}. {plain(self.kind)}, or {otherwise}.")

    def refuse_texts_of_numbers(self, otherwise: str, *, most: int) -> None:
        """Refuse texts of a column that holds numbers: those in another spelling, and texts among many numbers.

        Args:
            otherwise: what to do if they are classes.
            most: so many different numbers, in whatever spelling, may be classes; among more of them, every text is one
                too many.

        Raises:
            DataError: there are some.
        """
        if len(self.distinct) > most:
            self.refuse_other_spellings(otherwise)
        self.refuse_few_texts(otherwise)
        if 0 < self.texts < self._numbers and len(self._different_numbers.cells()) > most:
            raise DataError(f"{self._first_text} among {self._numbers:,} numbers. Write numbers only, or {otherwise}.")

    def notes(self) -> Iterator[str]:
        """What people should know of a feature that is no plain number and not plainly a category."""
        where, leave = f"column '{shown(self.name)}'", f"leave it out with {self._drop}"
        if self.texts and not self.numeric:
            yield from self._doubts("categories with a feature each", leave)
            if note := self._missing.note(self.rows):
                yield note
        elif self.name.startswith("Unnamed: "):
            yield f"{where}: is called as pandas calls the numbers of rows. {sentence(leave)}"
        elif self._counts():
            yield f"{where}: counts the rows: what is learned from it holds for no other row. {sentence(leave)}"

    def notes_on_classes(self) -> Iterator[str]:
        """What people should know of a target whose different texts are classes."""
        if self.texts:
            yield from self._doubts("classes", "choose another target")

    def _doubts(self, become: str, leave: str) -> Iterator[str]:
        """A warning if texts are not plainly categories.

        Args:
            become: what the different texts are taken for.
            leave: what to do if they are none.
        """
        if self.kind is not None:
            reason, fix = f"which look like {self.kind}", f"{plain(self.kind)}, or {leave}"
        elif 2 * self._numbers > self._numbers + self.words:
            reason, fix = f"among {self._numbers:,} numbers", f"Write numbers only, or {leave}"
        elif self._are_names():
            reason, fix = "nearly all different, like names or numbers of things", sentence(leave)
        else:
            return
        yield f"{self._first_text}, {reason}: taken for text, {len(self.distinct):,} {become}. {fix}"

    def _refuse_many_texts(self) -> None:
        if not self.numeric and len(self.distinct) > MOST_CATEGORIES:
            advice = self._advice(f"Drop it with {self._drop}")
            raise DataError(f"{self._first_text}, and over {MOST_CATEGORIES:,} other texts{advice}")

    def _advice(self, otherwise: str) -> str:
        """How the sentence on too many texts ends: with what they look like, and what to do."""
        return f", which look like {self.kind}. {plain(self.kind)}." if self.kind else f". {otherwise}."

    @functools.cached_property
    def kind(self) -> str | None:
        """What most texts look like, such as "dates"."""
        return looks_like(self.distinct) if self.texts else None

    def _counts(self) -> bool:
        return self._counting.lasts or self.name.startswith("Unnamed: ")

    def _is_missing(self) -> bool:
        return not self.texts and not self._numbers

    def _are_names(self) -> bool:
        return len(self.distinct) > FEW and self._numbers + self.words < 2 * len(self.distinct)

    def _count(self, where: str, block: Block, cells: list[str]) -> None:
        for line, cell in zip(block.lines, cells, strict=True):
            if is_missing(cell):
                self._missing.add(cell.strip(), self._got(where, line, cell))
            elif is_number(cell):
                self._numbers += 1
                if not abs(float(cell)) <= LARGEST:
                    self._first_huge = self._first_huge or self._got(where, line, cell)
            else:
                self._first_text = self._first_text or self._got(where, line, cell)
                self.texts += 1

    def _got(self, where: str, line: int, cell: str) -> str:
        return f"{where}:{line}: column '{shown(self.name)}': got {show(cell)}"
