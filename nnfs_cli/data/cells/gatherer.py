"""Gatherer: takes the cells of a column in, block by block."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from nnfs_cli.data.cells.cells import BEYOND, NUMBER, Cells
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.data.cells.notation import PLAIN, is_number
from nnfs_cli.data.examples import LARGEST
from nnfs_cli.nn.shapes import Array

MOST_TEXTS = 100_000
_PLAIN = re.compile(r"[0-9eE.+\- \n]*")
_PADDED = re.compile(r"\n *(0[0-9]+) *\n")
_SPARE = 2

Parse = Callable[[str], float | None]


class Gatherer:
    """The cells of a column so far.

    Args:
        parse: what makes a number of a text; None keeps every text as it is written.
        undecided: whether every text is kept where most of the first cells are no numbers.
        most: how many different texts are kept.

    Attributes:
        padded: the first number that is written with zeros before it, as codes are: 01234; empty if there is none.
    """

    def __init__(self, parse: Parse | None = PLAIN.number, *, undecided: bool = False, most: int = MOST_TEXTS):
        self._parse, self._undecided, self._most = parse, undecided, most
        self._numbers, self._codes = _Grown(np.float64), _Grown(np.int32)
        self._places = dict[str, int]()
        self.padded = ""

    @property
    def keeps_texts(self) -> bool:
        """Whether every cell is kept as it is written, numbers too."""
        return self._parse is None

    def add(self, cells: Sequence[str]) -> None:
        """Take the next cells in."""
        if self._undecided:
            self._undecided = False
            filled = [cell for cell in cells if not is_missing(cell)]
            self._parse = None if 2 * sum(map(is_number, filled)) < len(filled) else self._parse
        if self._parse is None:
            self._codes.add(self._coded(cells))
            return
        numbers = self._plain_numbers(cells) if self._parse == PLAIN.number else None
        if numbers is None:
            numbers, codes = self._sorted(cells)
            self._codes.add(codes)
        else:
            self._codes.add(np.full(len(cells), NUMBER, np.int32))
        self._numbers.add(numbers)

    def cells(self) -> Cells:
        """All of them."""
        codes = self._codes.whole()
        numbers = np.broadcast_to(0.0, len(codes)) if self.keeps_texts else self._numbers.whole()
        return Cells(numbers, codes, list(self._places))

    def _coded(self, cells: Sequence[str]) -> Array:
        """The place of each text, (n,) int32; BEYOND for new ones once there are too many."""
        places = self._places
        if len(places) + len(cells) > self._most:
            for cell in cells[: self._most - len(places)]:
                places.setdefault(cell, len(places))
            return np.array([places.get(cell, BEYOND) for cell in cells], np.int32)
        return np.array([places.setdefault(cell, len(places)) for cell in cells], np.int32)

    def _sorted(self, cells: Sequence[str]) -> tuple[Array, Array]:
        """The numbers, and the codes of what is none."""
        known = {cell: _finite(self._parse(cell)) for cell in set(cells)}
        numbers = np.array([known[cell] for cell in cells], np.float64)
        codes, texts = np.full(len(cells), NUMBER, np.int32), np.isnan(numbers)
        codes[texts] = self._coded([cells[row] for row in np.flatnonzero(texts)])
        numbers[texts] = 0
        return numbers, codes

    def _plain_numbers(self, cells: Sequence[str]) -> Array | None:
        """The numbers (n,) if all cells are such, in the notation of Python but without "_" and the like."""
        text = "\n".join(("", *cells, ""))
        if not _PLAIN.fullmatch(text):
            return None
        try:
            numbers = np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:
            return None
        if not self.padded and (found := _PADDED.search(text)):
            self.padded = found[1]
        return numbers if numbers.min() >= -LARGEST and numbers.max() <= LARGEST else None


class _Grown:
    """Numbers in an array that grows where it is."""

    def __init__(self, dtype: type):
        self._array, self._count = np.empty(0, dtype), 0

    def add(self, numbers: Array) -> None:
        stop = self._count + len(numbers)
        if stop > len(self._array):
            self._array.resize(stop + stop // _SPARE, refcheck=False)
        self._array[self._count : stop] = numbers
        self._count = stop

    def whole(self) -> Array:
        self._array.resize(self._count, refcheck=False)
        return self._array


def _finite(value: float | None) -> float:
    """The number, or NaN where it is none that single precision holds."""
    return value if value is not None and abs(value) <= LARGEST else np.nan
