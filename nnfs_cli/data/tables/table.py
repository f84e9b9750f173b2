"""Table: the rows of a CSV file, in blocks, each row with its line number."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from nnfs_cli.data.cells.notation import is_number
from nnfs_cli.data.formats.files import opening
from nnfs_cli.errors import DataError
from nnfs_cli.text import MOST, quoted, shown

ROWS, CELLS = 1000, 400_000
LONGEST_LINE = 1 << 24
_FEW = 5
_EXCEL = "is an Excel workbook or another archive. Save the sheet as CSV UTF-8."
_UTF_16 = "is not UTF-8 text, but UTF-16 or UTF-32. Save it as UTF-8."
_START = 32
_NO_TEXT = {
    b"\x1f\x8b": "is compressed with gzip. Unpack it with gunzip.",
    b"BZh": "is compressed with bzip2. Unpack it with bunzip2.",
    b"\xfd7zXZ": "is compressed with xz. Unpack it with unxz.",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd. Unpack it with unzstd.",
    b"PK\x03\x04": _EXCEL,
    b"\xd0\xcf\x11\xe0": _EXCEL,
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
    b"PAR1": "is a Parquet file. Save it as CSV.",
}
"""How files begin that people take for tables of text, and what to do with them."""
_EXCELS_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Up to 1,000 rows of the same width, fewer where they are wide, and the line that each begins on."""

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]

    def columns(self) -> list[tuple[str, ...]]:
        """The cells of each column."""
        return list(zip(*self.rows, strict=True))


@contextlib.contextmanager
def open_table(path: Path, delimiter: str) -> Iterator[tuple[list[str], Iterator[Block]]]:
    """The header of a CSV file and the blocks of its rows; a byte order mark and CRLF are no matter.

    Raises:
        DataError: there is no header; or when all blocks are read: rows of another width, an open quote, text that is
            not UTF-8; with the line numbers.
    """
    with open_text(path) as stream:
        numbered = read_rows(bounded_lines(stream, str(path)), str(path), delimiter)
        header = _header(path, numbered, delimiter)
        yield header, blocks(numbered, str(path), len(header))


@contextlib.contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The text of a table; a byte order mark is no matter.

    Raises:
        DataError: the system refuses it, or it begins like a file that is no text.
    """
    with opening(path), open(path, "rb") as file:
        start = file.read(_START)
        for magic, sentence in _NO_TEXT.items():
            if start.startswith(magic):
                raise DataError(f"{path}: {sentence}")
        if any(start[::2]) != any(start[1::2]) and len(start) > 1:
            raise DataError(f"{path}: {_UTF_16}")
    with opening(path), open(path, encoding="utf-8-sig", newline="") as stream:
        yield stream


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
    for line in iter(partial(stream.readline, LONGEST_LINE), ""):
        if len(line) >= LONGEST_LINE:
            raise DataError(f"{name}: has a line of over {LONGEST_LINE:,} characters. Is it a table?")
        yield line


def not_utf8(name: str, line: int) -> DataError:
    """The error for bytes that are no text, somewhere in the block that begins with a line."""
    return DataError(f"{name}: is not UTF-8 text, soon after line {line}. Save it as UTF-8.")


def counts_up(cells: Sequence[str]) -> bool:
    """Whether a row is 0, 1, 2, ..., as pandas heads columns without names."""
    return len(cells) > 1 and [cell.strip() for cell in cells] == [str(number) for number in range(len(cells))]


def blocks(numbered: Iterator[tuple[int, list[str]]], name: str, width: int) -> Iterator[Block]:
    """Rows of `width` cells, gathered in blocks.

    Raises:
        DataError: rows have another width, or the text is damaged; after all other rows, with the first few and the
            number of all.
    """
    wrong, count, damage = list[str](), 0, tuple[str, ...]()
    try:
        while chunk := list(islice(numbered, rows_of(width))):
            right = [(line, cells) for line, cells in chunk if len(cells) == width]
            others = [(line, cells) for line, cells in chunk if len(cells) != width] if len(right) < len(chunk) else []
            count += len(others)
            wrong += [wrong_width(name, line, width, len(cells)) for line, cells in others[: _FEW - len(wrong)]]
            if right:
                yield Block(*zip(*right, strict=True))
    except DataError as error:
        damage = error.lines
    if count > len(wrong):
        wrong.append(f"{name}: {count - len(wrong):,} more rows have another number of cells, {count:,} in all.")
    if wrong or damage:
        raise DataError(*wrong, *damage)


def delimiter_of(name: str | Path) -> str:
    """What separates the cells of a file if nobody says it: a tab in .tsv, a comma in all others."""
    return "\t" if str(name).lower().endswith(".tsv") else ","


def wrong_width(name: str, line: int, width: int, got: int) -> str:
    """What is wrong with a row of another width."""
    return f"{name}:{line}: expected {width} cells, got {got}. Fix or remove the row."


def rows_of(width: int) -> int:
    """How many rows of so many cells are held in memory at once, each cell an object."""
    return max(1, min(ROWS, CELLS // max(1, width)))


def _header(path: Path, numbered: Iterator[tuple[int, list[str]]], delimiter: str) -> list[str]:
    line, names = next(numbered, (1, []))
    if not names:
        raise DataError(f"{path}: is empty. Expected a header with the names of the columns, then rows.")
    if separator := _EXCELS_LINE.fullmatch(delimiter.join(names)):
        raise DataError(
            f"{path}:{line}: this line tells Excel what separates; the header must come first. Remove the line, "
            f"and set delimiter: {separator[1]!r}."
        )
    if (all(map(is_number, names)) and not counts_up(names)) or any(is_number(name) and "." in name for name in names):
        raise DataError(f"{path}:{line}: expected a header with the names of the columns, got numbers. Add one.")
    if len(names) == 1 and (found := [mark for mark in ",;\t|" if mark in names[0]]):
        raise DataError(f"{path}:{line}: has one column if '{delimiter}' separates. Set delimiter: {found[0]!r}.")
    names = [name.strip() for name in names]
    if not names[0] and all(names[1:]) and len(names) > 1:
        raise DataError(
            f"{path}:{line}: the first column has no name, like the numbers of rows that pandas writes. Save the table "
            "with index=False, or name the column and put it into dataset.drop."
        )
    doubtful = sorted(name for name, count in Counter(names).items() if not name or count > 1)
    if doubtful:
        some = ", ".join(map(quoted, doubtful[:MOST]))
        raise DataError(f"{path}:{line}: column names must differ and not be empty, got [{some}]. Rename them.")
    return names
