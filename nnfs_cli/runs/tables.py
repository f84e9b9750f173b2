"""Tables: CSV files that grow while a run goes on, are cut back when it is resumed, and are never held in memory whole.

Their cells are numbers or empty, so a line is a row and a comma ends a cell.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, AnyStr

import numpy as np

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable, files

STEPS = ("step", "epoch", "loss", "lr", "momentum")
MOST_WAITING = 10_000
BLOCK_ROWS = 20_000
BLOCK_BYTES = 1 << 16
LONGEST_LINE = 1 << 17


def ignore(warning: str) -> None:
    """Nobody wants to know."""


class Table:
    """Rows that are kept in memory until `flush` writes them all at once, or until they are many.

    Args:
        path: the file; made with its header if it is not there, or has another one.
        columns: their names, in order.
        warn: told when the file is gone and is begun anew.
    """

    def __init__(self, path: Path, columns: Sequence[str], warn: Callable[[str], None] = ignore):
        self.path, self.columns, self._warn = path, tuple(columns), warn
        self._header = _text([self.columns])
        self._rows: list[Sequence[Any]] = []
        if not os.path.lexists(path):
            durable.replace(path, self._header)
        elif not _begins_with(path, self._header):
            durable.replace(path, self._header)
            warn(f"{path}: does not have the columns of this training and is written again from its start.")

    def add(self, row: Sequence[Any]) -> None:
        """Take a row, in the order of the columns; None leaves a cell empty."""
        self._rows.append(row)
        if len(self._rows) >= MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are not written yet.

        Raises:
            MachineError: the disk refuses.
        """
        rows, self._rows = self._rows, []
        if not self.path.exists():
            durable.replace(self.path, self._header)
            self._warn(f"{self.path}: was removed and is written again; its rows so far are lost.")
        if rows:
            durable.append(self.path, _text(rows))

    def cut_back(self, column: str, last: int) -> None:
        """Drop the rows with more than `last` in a column, and a row that was half written when the program died."""
        at, header = self.columns.index(column), self._header.encode()
        for end, line in _lines_backwards(self.path):
            cells = line.split(b",")
            if line + b"\n" == header or (len(cells) == len(self.columns) and _at_most(cells[at], last)):
                durable.truncate(self.path, end)
                break


def blocks(path: Path, rows: int | None = None) -> Iterator[dict[str, np.ndarray]]:
    """The columns of a table by name, so many rows at a time: float64 (rows,), NaN for an empty cell.

    Args:
        rows: how many; as many as are held in memory if left out.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a table.
    """
    with open(path, encoding="utf-8", opener=files.opener) as file:
        names = file.readline().rstrip("\n").split(",")
        lines = iter(lambda: _bounded(path, file.readline(LONGEST_LINE)), "")
        while block := list(itertools.islice(lines, rows or BLOCK_ROWS)):
            cells = np.loadtxt(map(_with_nan, block), delimiter=",", ndmin=2)
            yield dict(zip(names, cells.T, strict=True))


def last_value(path: Path, column: str) -> float:
    """What the last whole row of a table has in a column.

    Raises:
        OSError: the file cannot be read.
        ValueError: it has no such column, or no row.
    """
    with open(path, encoding="utf-8", opener=files.opener) as file:
        at = file.readline().rstrip("\n").split(",").index(column)
    _, line = next(_lines_backwards(path), (0, b""))
    return float(line.split(b",")[at])


def ordered(row: Mapping[str, Any], columns: Sequence[str]) -> list[Any]:
    """The values of a row in the order of the columns."""
    return [row[name] for name in columns]


def _begins_with(path: Path, header: str) -> bool:
    with durable.explained(path), open(path, "rb", opener=files.opener) as file:
        return file.read(len(header)) == header.encode()


def _at_most(cell: bytes, last: int) -> bool:
    return cell.isdigit() and len(cell) <= len(str(last)) and int(cell) <= last


def _bounded(path: Path, line: AnyStr) -> AnyStr:
    """A line, or what has been read of it so far.

    Raises:
        MachineError: it is longer than any row.
    """
    if len(line) >= LONGEST_LINE:
        raise MachineError(
            f"{path}: has a line of over {LONGEST_LINE:,} bytes, which no table of a run has. Remove the file."
        )
    return line


def _with_nan(line: str) -> str:
    cells = line.rstrip("\n").split(",")
    return ",".join(cell or "nan" for cell in cells)


def _lines_backwards(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, the last one first, each with the place of its end; a line without an end is none."""
    with open(path, "rb", opener=files.opener) as file:
        start, rest = file.seek(0, os.SEEK_END), b""
        while start:
            size = min(BLOCK_BYTES, start)
            start -= size
            file.seek(start)
            data = file.read(size) + rest
            head = (data.find(b"\n") + 1 or len(data)) if start else 0
            *lines, tail = data[head:].split(b"\n")
            rest, end = _bounded(path, data[:head]), start + len(data) - len(tail)
            for line in reversed(lines):
                yield end, line
                end -= len(line) + 1


def _text(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
