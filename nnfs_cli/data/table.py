"""Table: the rows of a CSV file, in blocks, each row with its line number."""

from __future__ import annotations

import contextlib
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from nnfs_cli.data.cells import is_number
from nnfs_cli.data.files import opening
from nnfs_cli.errors import DataError
from nnfs_cli.text import MOST, quoted, shown

ROWS = 1000
LONGEST_LINE = 1 << 24


@dataclass(frozen=True)
class Block:
    """Up to 1,000 rows of the same width, and the line that each begins on."""

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]

    def cells(self, position: int) -> list[str]:
        """The cells of one column."""
        return [row[position] for row in self.rows]


@contextlib.contextmanager
def open_table(path: Path, delimiter: str) -> Iterator[tuple[list[str], Iterator[Block]]]:
    """The header of a CSV file and the blocks of its rows; a byte order mark and CRLF are no matter.

    Raises:
        DataError: there is no header, or while the blocks are read: a row of another width, an open quote, text that
            is not UTF-8; with the line number.
    """
    with opening(path), open(path, encoding="utf-8-sig", newline="") as stream:
        numbered = read_rows(bounded_lines(stream, str(path)), str(path), delimiter)
        header = _header(path, numbered, delimiter)
        yield header, blocks(numbered, str(path), len(header))


def count_lines(path: Path) -> int:
    """How many lines a file has, the last one with an end or without."""
    count, last = 0, b"\n"
    with opening(path), open(path, "rb") as file:
        while block := file.read(1 << 20):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")


def read_rows(lines: Iterable[str], name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The line number and cells of every row that is not blank."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{name}:{line}: {shown(str(error))}. Check the quotes from this line on.") from error
    except UnicodeDecodeError as error:
        raise not_utf8(name, line) from error


def bounded_lines(stream: TextIO, name: str) -> Iterator[str]:
    """The lines of a stream, each with its end.

    Raises:
        DataError: one is longer than any table has; so much is held in memory, no more.
    """
    for line in iter(lambda: stream.readline(LONGEST_LINE), ""):
        if len(line) >= LONGEST_LINE:
            raise DataError(f"{name}: has a line of over {LONGEST_LINE:,} characters. Is it a table?")
        yield line


def not_utf8(name: str, line: int) -> DataError:
    """The error for bytes that are no text, somewhere in the block that begins with a line."""
    return DataError(f"{name}: is not UTF-8 text, soon after line {line}. Save it as UTF-8.")


def blocks(numbered: Iterator[tuple[int, list[str]]], name: str, width: int) -> Iterator[Block]:
    """Rows of `width` cells, gathered in blocks.

    Raises:
        DataError: a row has another width.
    """
    while chunk := list(islice(numbered, ROWS)):
        for line, cells in chunk:
            if len(cells) != width:
                raise DataError(f"{name}:{line}: expected {width} cells, got {len(cells)}. Fix or remove the row.")
        yield Block(*zip(*chunk, strict=True))


def _header(path: Path, numbered: Iterator[tuple[int, list[str]]], delimiter: str) -> list[str]:
    line, names = next(numbered, (1, []))
    if not names:
        raise DataError(f"{path}: is empty. Expected a header with the names of the columns, then rows.")
    if all(map(is_number, names)) or any(is_number(name) and "." in name for name in names):
        raise DataError(f"{path}:{line}: expected a header with the names of the columns, got numbers. Add one.")
    if len(names) == 1 and (found := [mark for mark in ",;\t|" if mark in names[0]]):
        raise DataError(f"{path}:{line}: has one column if '{delimiter}' separates. Set delimiter: {found[0]!r}.")
    names = [name.strip() for name in names]
    doubtful = sorted(name for name, count in Counter(names).items() if not name or count > 1)
    if doubtful:
        some = ", ".join(map(quoted, doubtful[:MOST]))
        raise DataError(f"{path}:{line}: column names must differ and not be empty, got [{some}]. Rename them.")
    return names
