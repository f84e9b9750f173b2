"""Tables: CSV files that grow while a run goes on, and are cut back when it is resumed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnfs_cli.runs import durable

STEPS = ("step", "epoch", "loss", "lr", "momentum")


class Table:
    """Rows that are kept in memory until `flush` writes them all at once.

    Args:
        path: the file; made with its header if it is not there.
        columns: their names, in order.
    """

    def __init__(self, path: Path, columns: Sequence[str]):
        self.path = path
        self.columns = tuple(columns)
        self._rows: list[Sequence[Any]] = []
        if not path.exists():
            durable.replace(path, _text([self.columns]))

    def add(self, row: Sequence[Any]) -> None:
        """Take a row, in the order of the columns; None leaves a cell empty."""
        self._rows.append(row)

    def flush(self) -> None:
        """Write the rows that are not written yet."""
        rows, self._rows = self._rows, []
        if rows:
            durable.append(self.path, _text(rows))

    def cut_back(self, column: str, last: int) -> None:
        """Drop the rows with more than `last` in a column, and a row that was half written when the program died."""
        at = self.columns.index(column)
        with open(self.path, newline="", encoding="utf-8") as file:
            rows = [row for row in list(csv.reader(file))[1:] if len(row) == len(self.columns)]
        durable.replace(self.path, _text([self.columns, *(row for row in rows if int(row[at]) <= last)]))


def rows_of(path: Path) -> list[dict[str, float | None]]:
    """The rows of a table as numbers, by column; None for an empty cell."""
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: float(cell) if cell else None for key, cell in row.items()} for row in csv.DictReader(file)]


def ordered(row: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of a row in the order of the columns."""
    return [row[name] for name in columns]


def _text(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
