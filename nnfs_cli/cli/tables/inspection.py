"""Inspection on the terminal: what there is to learn from, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnfs_cli.cli import terminal
from nnfs_cli.text import counted, shown

if TYPE_CHECKING:
    from nnfs_cli.data.inspection.inspection import Inspection
    from nnfs_cli.data.spec import ColumnReport

LONGEST_CELL, MOST_ROWS = 24, 60


def inspection_lines(found: Inspection) -> list[str]:
    """The splits, then a table of columns and one of classes or of values, as far as there are some."""
    splits = ", ".join(f"{counted(count, 'example')} to {_USES[name]}" for name, count in found.examples.items())
    lines = ["", splits]
    if found.columns:
        head = ("column", "kind", "becomes", "missing", "different", "from", "to")
        lines += ["", *_table(head, [_column_row(column) for column in found.columns], "columns", left=3)]
    if found.classes:
        rows = [(shown(one.name, LONGEST_CELL), *(f"{n:,}" for n in one.examples.values())) for one in found.classes]
        lines += ["", *_table(("class", *found.examples), rows, "classes", left=1)]
    if found.values:
        figures = [(one.low, one.high, one.mean, one.deviation) for one in found.values]
        rows = [
            (shown(one.name, LONGEST_CELL), *map(terminal.number, of))
            for one, of in zip(found.values, figures, strict=True)
        ]
        lines += ["", *_table(("value", "from", "to", "mean", "deviation"), rows, "values", left=1)]
    return lines


def columns_in_short(columns: Sequence[ColumnReport]) -> str:
    """How many columns there are of each kind, in how many of them cells are missing, and how many are left out."""
    kinds, parts = Counter(column.kind for column in columns), list[str]()
    for kind, things in _LEARNED.items():
        if kinds[kind]:
            parts.append(f"{kinds[kind]:,} {things if kinds[kind] > 1 else kind}")
    lacking = sum(column.missing > 0 for column in columns if column.kind in _LEARNED)
    left = sum(kinds.values()) - kinds["target"] - sum(kinds[kind] for kind in _LEARNED)
    parts += [f"{lacking:,} of them with missing cells"] * bool(lacking) + [f"{left:,} left out"] * bool(left)
    return ", ".join(parts)


_LEARNED = {"number": "numbers", "category": "categories", "date": "dates"}
_USES = {"train": "learn from", "validation": "choose the best epoch by", "test": "measure in the end"}


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], things: str, *, left: int) -> list[str]:
    """The first rows of a table, and how many more there are."""
    lines = [terminal.table(head, rows[:MOST_ROWS], left=left)]
    return (
        [*lines, f"and {len(rows) - MOST_ROWS:,} more {things} (all with --json)"] if len(rows) > MOST_ROWS else lines
    )


def _column_row(column: ColumnReport) -> tuple[str, ...]:
    name, limits = shown(column.name, LONGEST_CELL), (_limit(column.low), _limit(column.high))
    return (name, column.kind, column.becomes, f"{column.missing:,}", f"{column.distinct:,}", *limits)


def _limit(limit: float | str | None) -> str:
    return "" if limit is None else shown(limit, LONGEST_CELL) if isinstance(limit, str) else terminal.number(limit)
