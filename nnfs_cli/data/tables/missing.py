"""MissingCells: the cells of a column in which nothing stands, or a word that says so."""

from __future__ import annotations

from nnfs_cli.data.tables.cells import is_nan
from nnfs_cli.errors import DataError
from nnfs_cli.text import quoted, sentence

_DELIBERATE = {"unknown", "missing"}
"""Words that are categories as often as they are missing cells."""


class MissingCells:
    """How often each kind of them occurs, "" for blank ones, and where the first is."""

    def __init__(self) -> None:
        self._counts = dict[str, int]()
        self._first = dict[str, str]()

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self._counts.values())

    @property
    def words(self) -> int:
        """How many of them are neither blank nor nan."""
        return sum(count for word, count in self._counts.items() if word and not is_nan(word))

    def add(self, word: str, got: str) -> None:
        """Take one in.

        Args:
            got: the sentence that names it begins like this.
        """
        self._first.setdefault(word, got)
        self._counts[word] = self._counts.get(word, 0) + 1

    def refuse(self, rows: int, otherwise: str, *, words: bool) -> None:
        """Refuse them.

        Args:
            rows: the number of all cells.
            otherwise: what to do if they cannot be filled in.
            words: whether words count too, not only blank cells.

        Raises:
            DataError: there are some; how many of how many, of every kind.
        """
        kinds = {word: count for word, count in self._counts.items() if words or not word}
        if not kinds:
            return
        first, missing = self._first[next(iter(kinds))], sum(kinds.values())
        each = f" ({_each(kinds)})" if len(kinds) > 1 else ""
        if missing == rows:
            raise DataError(f"{first}, as in all {rows:,} rows{each}. {sentence(otherwise)}.")
        others, them = ("", "it") if missing == 1 else (f", the first of {missing:,} in {rows:,} rows{each}", "them")
        raise DataError(f"{first}{others}. Fill {them} in, or {otherwise}.")

    def note(self, rows: int) -> str | None:
        """What people should know of words that are taken for a category, where that may not be meant."""
        kinds = {word: n for word, n in self._counts.items() if word and word.lower() not in _DELIBERATE}
        if not kinds:
            return None
        return (
            f"{self._first[next(iter(kinds))]}: {_each(kinds)} in {rows:,} rows, taken for text. "
            "Fill such cells in if they are missing ones, or leave the column out"
        )


def _each(kinds: dict[str, int]) -> str:
    """How often each kind of missing cell occurs."""
    return ", ".join(f"{count:,} {quoted(word) if word else 'empty'}" for word, count in kinds.items())
