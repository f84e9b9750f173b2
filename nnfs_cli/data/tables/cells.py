"""Cells: when the text of a table means a number, and what it may be where it does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_PLAIN = re.compile(r"[0-9eE.+\- ]*")
_NUMBER = re.compile(r" *[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)? *")
_NAN = re.compile(r" *[-+]?nan *", re.IGNORECASE)
_NOT_FINITE = re.compile(r" *[-+]?(?:nan|inf|infinity) *", re.IGNORECASE)
MISSING = {"nan", "na", "n/a", "null", "none", "?", "-", "unknown", "missing"}
"""Words in lower case with which people say that a cell is missing."""
_LOOKS = {
    "numbers with commas for thousands": r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?",
    "numbers with a decimal comma": r"[-+]?[0-9]+(?:[. \u00a0\u202f'’][0-9]{3})*,[0-9]+",
    "numbers with marks for thousands": r"[-+]?[0-9]{1,3}(?:([. \u00a0\u202f'’])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?",
    "percentages": r"[-+]?[0-9.,]+ ?%",
    "amounts of money": r"[-+]?(?:[$€£¥]|USD|EUR|GBP) ?[-+]?[0-9., ]+|[-+]?[0-9., ]+ ?(?:[$€£¥]|USD|EUR|GBP)",
    "dates": r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}.*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}.*",
    "numbers with underscores": r"[-+]?[0-9][0-9_]*",
}
_PATTERNS = {words: re.compile(pattern) for words, pattern in _LOOKS.items()}


def is_number(cell: str) -> bool:
    """Whether a cell can be read as a number, in plain ASCII digits; "nan" and "inf" can, "1_1" and "28,7" cannot."""
    return bool(_NUMBER.fullmatch(cell) or _NOT_FINITE.fullmatch(cell))


def is_nan(cell: str) -> bool:
    """Whether a cell says that it is no number, as pandas and others write a missing one."""
    return bool(_NAN.fullmatch(cell))


def is_missing(cell: str) -> bool:
    """Whether nothing stands in a cell, or a word that says so."""
    word = cell.strip()
    return not word or word.lower() in MISSING or is_nan(word)


def are_plain(cells: Iterable[str]) -> bool:
    """Whether no cell has a character that Python reads as a part of a number and a table does not, such as "_"."""
    return bool(_PLAIN.fullmatch("".join(cells)))


def looks_like(cells: Iterable[str]) -> str | None:
    """What most of these texts may be meant as, such as "dates"; None for plain words."""
    texts = [cell.strip() for cell in cells if not is_number(cell) and not is_missing(cell)]
    kinds = Counter(words for text in texts if (words := _kind(text)))
    return kinds.most_common(1)[0][0] if 2 * kinds.total() > len(texts) else None


def plain(kind: str) -> str:
    """What to do with texts that look like numbers, or like dates."""
    return "Write plain numbers" + (", such as the days since the first one" if kind == "dates" else " such as 1234.5")


def _kind(text: str) -> str | None:
    return next((words for words, pattern in _PATTERNS.items() if pattern.fullmatch(text)), None)
