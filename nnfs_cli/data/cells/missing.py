"""Missing: the words with which people say that nothing is known."""

from __future__ import annotations

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
        own: further words, in lower case.
    """
    word = cell.strip().lower()
    return word in ANYWHERE or word in own


def is_no_number(cell: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether a cell among numbers or dates says that one is missing.

    Args:
        own: further words, in lower case.
    """
    word = cell.strip().lower()
    return word in AMONG_NUMBERS or word in own
