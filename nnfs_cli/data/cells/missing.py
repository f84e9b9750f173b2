"""Missing: the words with which people say that nothing is known."""

from __future__ import annotations

from collections.abc import Iterable

from nnfs_cli.data.cells.notation import is_number

ANYWHERE = frozenset(
    {"", "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "-nan", "1.#ind", "1.#qnan", "<na>", "n/a", "na", "nan"}
    | {"none", "null", "?", "+nan", "..."}
)
"""Words in lower case that mean a missing cell in any column: those of pandas and skrub, in any case."""
AMONG_NUMBERS = ANYWHERE | {"-", "--", ".", "n.a.", "unknown", "missing", "not available", "nil"}
"""Words that also do where the other cells are numbers or dates; among words they are words."""


def is_missing(cell: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether nothing stands in a cell, or a word that says so in any column.

    Args:
        own: further words, as `as_compared` gives them.
    """
    return cell.strip().lower() in ANYWHERE or is_among(cell, own)


def is_no_number(cell: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether a cell among numbers or dates says that one is missing.

    Args:
        own: further words, as `as_compared` gives them.
    """
    return cell.strip().lower() in AMONG_NUMBERS or is_among(cell, own)


def is_among(cell: str, own: frozenset[str]) -> bool:
    """Whether a cell is one of these words, in any case, or equals one of these numbers: -999.0 is -999."""
    return bool(own) and _compared(cell) in own


def as_compared(words: Iterable[str | float]) -> frozenset[str]:
    """Words and numbers as `is_among` compares them."""
    return frozenset(_compared(str(word)) for word in words)


def _compared(cell: str) -> str:
    return repr(float(cell)) if is_number(cell) else cell.strip().lower()
