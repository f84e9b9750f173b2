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
        self._parse, self._undecided = parse, undecided
        self._numbers, self._codes = _Grown(0.0, np.float64), _Grown(NUMBER, np.int32)
        self._places = _Places(most)
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
            self._numbers.add_usual(len(cells))
        elif self._parse == PLAIN.number and (numbers := self._plain_numbers(cells)) is not None:
            self._codes.add_usual(len(cells))
            self._numbers.add(numbers)
        else:
            numbers, codes = self._sorted(cells)
            self._codes.add(codes)
            self._numbers.add(numbers)

    def cells(self) -> Cells:
        """All of them."""
        return Cells(self._numbers.whole(), self._codes.whole(), list(self._places))

    def _coded(self, cells: Sequence[str]) -> Array:
        """The place of each text, (n,) int32; BEYOND for new ones once there are too many."""
        return np.fromiter(map(self._places.__getitem__, cells), np.int32, len(cells))

    def _sorted(self, cells: Sequence[str]) -> tuple[Array, Array]:
        """The numbers, and the codes of what is none."""
        known = {cell: _finite(self._parse(cell)) for cell in dict.fromkeys(cells)}
        self._look_for_padding("\n".join(["", *(cell for cell, number in known.items() if number == number), ""]))
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
        self._look_for_padding(text)
        return numbers if numbers.min() >= -LARGEST and numbers.max() <= LARGEST else None

    def _look_for_padding(self, text: str) -> None:
        """Remember the first number with zeros before it, of numbers in lines."""
        if not self.padded and (found := _PADDED.search(text)):
            self.padded = found[1]


class _Places(dict[str, int]):
    """The place of every text in the order in which they come; BEYOND for new ones once there are `most`."""

    def __init__(self, most: int):
        super().__init__()
        self._most = most

    def __missing__(self, text: str) -> int:
        if len(self) >= self._most:
            return BEYOND
        return self.setdefault(text, len(self))


class _Grown:
    """Numbers in an array that grows where it is, and takes no memory as long as all of them are the usual one."""

    def __init__(self, usual: float, dtype: type):
        self._usual, self._array, self._count = np.array(usual, dtype), np.empty(0, dtype), 0

    def add(self, numbers: Array) -> None:
        start, stop = self._count, self._count + len(numbers)
        if not len(self._array):
            self._array = np.full(start, self._usual)
        if stop > len(self._array):
            self._array.resize(stop + stop // _SPARE, refcheck=False)
        self._array[start:stop] = numbers
        self._count = stop

    def add_usual(self, count: int) -> None:
        """Add the usual number so often."""
        if len(self._array):
            self.add(np.full(count, self._usual))
        else:
            self._count += count

    def whole(self) -> Array:
        if not len(self._array):
            return np.broadcast_to(self._usual, self._count)
        self._array.resize(self._count, refcheck=False)
        return self._array


def _finite(value: float | None) -> float:
    """The number, or NaN where it is none that single precision holds."""
    return value if value is not None and abs(value) <= LARGEST else np.nan
