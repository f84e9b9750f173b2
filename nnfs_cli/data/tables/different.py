"""Different: the different cells of a column of numbers, in a few bytes each."""

from __future__ import annotations

from collections.abc import Iterable

from nnfs_cli.data.tables.columns import MOST_CATEGORIES


class Different:
    """As many different numbers, as they are written, as there are or over 1,000 of them.

    They lie in one text, because a thousand columns may have a thousand each, and an object for each takes ten times
    as much. None has a line end in it.
    """

    def __init__(self) -> None:
        self._lines, self._count, self._full = "", 0, False

    def add(self, cells: Iterable[str]) -> None:
        """Take cells in; those that were there before are found when many have come."""
        if self._full or not cells:
            return
        added = "\n".join(cells)
        self._lines = f"{self._lines}\n{added}" if self._lines else added
        self._count = self._lines.count("\n") + 1
        if self._count > 2 * MOST_CATEGORIES:
            self._settle()

    def cells(self) -> set[str]:
        """The different cells."""
        return set(self._lines.split("\n")) if self._lines else set()

    def _settle(self) -> None:
        """Drop those that are there twice, and all but 1,001 if there are more."""
        kept = sorted(self.cells())[: MOST_CATEGORIES + 1]
        self._lines, self._full = "\n".join(kept), len(kept) > MOST_CATEGORIES
