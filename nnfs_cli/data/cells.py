"""Cells: when the text of a table means a number, and what it may be where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[0-9eE.+\- ]*")
_NUMBER = re.compile(r" *[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)? *")
_NAN = re.compile(r" *[-+]?nan *", re.IGNORECASE)
_NOT_FINITE = re.compile(r" *[-+]?(?:nan|inf|infinity) *", re.IGNORECASE)
_LOOKS = {
    "numbers with commas for thousands": r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?",
    "numbers with a decimal comma": r"[-+]?[0-9]+,[0-9]+",
    "percentages": r"[-+]?[0-9.,]+ ?%",
    "amounts of money": r"[-+]?[$€£¥] ?[0-9.,]+|[-+]?[0-9.,]+ ?[$€£¥]",
    "dates": r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}.*",
    "numbers with underscores": r"[-+]?[0-9][0-9_]*",
}
_PATTERNS = {words: re.compile(pattern) for words, pattern in _LOOKS.items()}


def is_number(cell: str) -> bool:
    """Whether a cell can be read as a number, in plain ASCII digits; "nan" and "inf" can, "1_1" and "28,7" cannot."""
    return bool(_NUMBER.fullmatch(cell) or _NOT_FINITE.fullmatch(cell))


def is_blank(cell: str) -> bool:
    """Whether nothing stands in a cell."""
    return not cell.strip()


def is_nan(cell: str) -> bool:
    """Whether a cell says that it is no number, as pandas and others write a missing one."""
    return bool(_NAN.fullmatch(cell))


def are_plain(cells: Iterable[str]) -> bool:
    """Whether no cell has a character that Python reads as a part of a number and a table does not, such as "_"."""
    return bool(_PLAIN.fullmatch("".join(cells)))


def looks_like(cells: Iterable[str]) -> str | None:
    """What most of these texts may be meant as, such as "dates"; None for plain words."""
    texts = [cell.strip() for cell in cells if cell.strip() and not is_number(cell)]
    for words, pattern in _PATTERNS.items():
        if 2 * sum(bool(pattern.fullmatch(text)) for text in texts) > len(texts):
            return words
    return None
