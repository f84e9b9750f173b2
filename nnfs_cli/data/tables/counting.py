"""Counting: whether a column counts its rows, as the numbers of passengers or orders do."""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 50


class Counting:
    """Whether the cells of a column are whole numbers, each larger than the one before it."""

    def __init__(self) -> None:
        self._may_be, self._last, self._cells = True, -1, 0

    @property
    def lasts(self) -> bool:
        """Whether all cells so far are such numbers, and there are 50 of them or more."""
        return self._may_be and self._cells >= LEAST

    def add(self, cells: Sequence[str]) -> None:
        """Take the next cells in; those of most columns are not looked at beyond the first few."""
        if not self._may_be:
            return
        self._cells += len(cells)
        for cell in cells:
            if not (cell.isascii() and cell.isdecimal() and len(cell) < LEAST and int(cell) > self._last):
                self._may_be = False
                return
            self._last = int(cell)
