"""Notation: how a column writes its numbers, such as 1234.5, 1.234,5 or $1,234.50."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from annotated_types import Len

from nnfs_cli.parameters import Means

Mark = Annotated[str, Len(1, 1), Means("one character")]
Unit = Literal["$", "€", "£", "¥", "%", "USD", "EUR", "GBP"]

_NUMBER = re.compile(r" *[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)? *")
_NOT_FINITE = re.compile(r" *[-+]?(?:inf|infinity) *", re.IGNORECASE)
_UNIT = re.compile("[$€£¥%]|USD|EUR|GBP")
_BLANKS, _APOSTROPHES = " \u00a0\u202f", "'’"
_NAMES = {",": "commas", ".": "points", " ": "blanks", "'": "apostrophes"}


def is_number(cell: str) -> bool:
    """Whether a cell is a number in plain ASCII digits; "inf" is one, "nan", "1_1" and "28,7" are not."""
    return bool(_NUMBER.fullmatch(cell) or _NOT_FINITE.fullmatch(cell))


@dataclass(frozen=True)
class Notation:
    """What stands before the decimals, and what between thousands.

    Attributes:
        decimal: "." or ",".
        thousands: what parts groups of three digits, where they are parted; None if nothing does. A blank is any kind
            of blank, an apostrophe any kind of those.
        unit: what may stand beside a number: with a percent sign 45% is 45.
    """

    decimal: Mark = "."
    thousands: Mark | None = None
    unit: Unit | None = None

    def number(self, cell: str) -> float | None:
        """The number that a cell means; None if it is none in this notation."""
        if self == PLAIN:
            return float(cell) if is_number(cell) else None
        found = self._pattern.fullmatch(cell.strip())
        if not found or not (found["whole"] or found["part"]) or (found["sign"] and found["inner"]):
            return None
        whole = "".join(filter(str.isdigit, found["whole"]))
        value = float(f"{whole}.{found['part'] or 0}{found['power'] or ''}")
        return -value if "-" in found["sign"] + found["inner"] else value

    def told(self, cell: str) -> str:
        """What a note says of how a cell of this notation is read."""
        return f"read as {self}, as {self.number(cell):.15g}"

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        unit = re.escape(self.unit or "")
        before, behind = (f"(?:{unit} ?)?", f"(?: ?{unit})?") if unit else ("", "")
        decimal, thousands = re.escape(self.decimal), self.thousands or ""
        mark = next((alike for alike in (_BLANKS, _APOSTROPHES) if thousands and thousands in alike), thousands)
        groups = f"[1-9][0-9]{{0,2}}(?:[{re.escape(mark)}][0-9]{{3}})+|" if mark else ""
        return re.compile(
            f"(?P<sign>[-+]?){before}(?P<inner>[-+]?)(?P<whole>{groups}[0-9]*)"
            f"(?:{decimal}(?P<part>[0-9]*))?(?P<power>[eE][-+]?[0-9]+)?{behind}"
        )

    def __str__(self) -> str:
        words = ["a decimal comma"] if self.decimal == "," else []
        words += [f"{_NAMES.get(self.thousands, quoted_mark(self.thousands))} for thousands"] * bool(self.thousands)
        words += [f"the sign {self.unit}"] * bool(self.unit)
        return f"numbers with {' and '.join(words)}" if words else "plain numbers"


def quoted_mark(mark: str | None) -> str:
    """A character as a sentence names it."""
    return f"'{mark}'"


PLAIN = Notation()
_THOUSANDS, _DECIMALS = Notation(".", ","), Notation(",")
_USUAL = (
    *(PLAIN, _THOUSANDS, _DECIMALS, Notation(",", ".")),
    *(Notation(decimal, mark) for decimal in ",." for mark in " '"),
)


def notation_of(cells: Collection[str], *, comma_is_decimal: bool, beside_points: bool = False) -> Notation | None:
    """The notation in which all of these texts are numbers; None if there is none, as where signs of units differ.

    Args:
        cells: different ones, of which some are no plain numbers.
        comma_is_decimal: what 1,234 means where every text is like it: 1.234 rather than 1234.
        beside_points: whether plain numbers with a decimal point stand beside them, so that no comma can be one.
    """
    usual = sorted(_USUAL, key=lambda one: one.decimal != ",") if comma_is_decimal else _USUAL
    usual = [one for one in usual if one.decimal == "." or not beside_points]
    units = [None, *units_in(cells)][:2]
    tried = [replace(notation, unit=unit) for unit in units for notation in usual]
    return next((one for one in tried if all(one.number(cell) is not None for cell in cells)), None)


def is_any_number(cell: str) -> bool:
    """Whether a text is a number in one of the usual notations."""
    return any(one.number(cell) is not None for one in _USUAL)


def units_in(cells: Iterable[str]) -> list[str]:
    """The signs of currency and percent in texts, in the order in which they come first."""
    return list(dict.fromkeys(unit for cell in cells for unit in _UNIT.findall(cell)))


def are_amounts(cells: Collection[str]) -> bool:
    """Whether these texts are numbers but for the signs of different units."""
    bare = [_UNIT.sub("", cell, count=1) for cell in cells]
    return len(units_in(cells)) > 1 and notation_of(bare, comma_is_decimal=False) is not None


def is_ambiguous(cells: Collection[str], notation: Notation) -> bool:
    """Whether these texts, which are numbers in a notation, are others where its comma means the other thing."""
    other = {_THOUSANDS: _DECIMALS, _DECIMALS: _THOUSANDS}.get(replace(notation, unit=None))
    return other is not None and all(replace(other, unit=notation.unit).number(cell) is not None for cell in cells)
