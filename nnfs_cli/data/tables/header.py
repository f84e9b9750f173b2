"""Header: where the columns of a table are, and the sentence for those that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nnfs_cli.errors import DataError
from nnfs_cli.text import listed, nearest, quoted


def positions(path: Path, header: list[str], names: Sequence[str | int], what: str = "", fix: str = "") -> list[int]:
    """The place of each name in the header.

    Args:
        what: the columns are, such as "the target".
        fix: what to do if they are not there, beside naming others.

    Raises:
        DataError: some are not there.
    """
    positions = {name: position for position, name in enumerate(header)}
    missing = [str(name) for name in names if name not in positions]
    if missing:
        raise DataError(f"{path}: has no {_named(missing, what)}. {_hint(missing[0], header)}{fix}")
    return [positions[name] for name in names]  # type: ignore[index]


def column_names(names: Sequence[str]) -> str:
    """Columns as the middle of a sentence: "column a", "columns a, b"."""
    return f"column{'s' if len(names) > 1 else ''} {listed(names)}"


def _named(missing: Sequence[str], what: str) -> str:
    return column_names(missing) + (f", {what}" if what else "")


def _hint(name: str, header: Sequence[str]) -> str:
    guess = nearest(name, header)
    return f"{f'Did you mean {quoted(guess)}? ' if guess else ''}There are: {listed(header)}."
