"""Names: words out of a file as an error shows them: not too many, not too long, on one line."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 20
LONGEST = 80


def listed(names: Sequence[str]) -> str:
    """The first of these names, separated by commas."""
    return ", ".join([*map(shown, names[:MOST]), *(["..."] if len(names) > MOST else [])])


def shown(name: str) -> str:
    """A name as it is; cut where it gets long, escaped where it holds a line end or what a terminal obeys."""
    short = name if len(name) <= LONGEST else f"{name[:LONGEST]}..."
    return short if short.isprintable() else repr(short)[1:-1]
