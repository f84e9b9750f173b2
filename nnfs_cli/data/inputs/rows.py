"""Input rows: CSV text without answers, with a header or without, as examples."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TextIO

from nnfs_cli.data.cells.notation import is_number
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.inputs.cells import EncodedRows, encode_rows
from nnfs_cli.data.inputs.layout import wrong_size
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.survey.kinds import is_named_as_id
from nnfs_cli.data.tables.header import column_names
from nnfs_cli.data.tables.table import (
    Block,
    bounded_lines,
    counts_up,
    delimiter_of,
    not_utf8,
    read_rows,
    rows_of,
    wrong_width,
)
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.text import counted, listed, quoted


class InputRows:
    """The rows of a stream, in blocks of examples.

    Args:
        where: the name of the stream, for errors.
        preparation: of a model of tables: a header may name its columns in any order, among others; without a header
            a row holds exactly these. Of any other model: a row holds the numbers of one example.

    Attributes:
        warnings: what should be known of how the stream is read.
        kept: names of columns that are carried into the answers: those that the training named, and those that no
            feature is made of and that are called as identifiers are.

    Raises:
        DataError: there are no rows, or a column is missing or there twice.
    """

    def __init__(self, stream: TextIO, where: str, preparation: Preparation):
        self._where, self._shape = where, preparation.spec.input_shape
        columns = preparation.columns
        numbers = (Number(str(feature), "error") for feature in range(math.prod(self._shape)))
        self._columns: Sequence[Column] = columns or list(numbers)
        first = _first_line(stream, where)
        lines = chain([first], bounded_lines(stream, where))
        numbered = read_rows(lines, where, _delimiter(where, first, preparation))
        line, cells = next(numbered, (0, []))
        if not cells:
            raise DataError(f"{where}: holds no rows. Expected one for each example.")
        header, self._positions = _layout(where, self._shape, cells, columns, len(self._columns))
        self.warnings: tuple[str, ...] = ()
        if columns is None and not header and counts_up(cells):
            header = True
            self.warnings = (f"{where}: the first row, {', '.join(cells[:3])}, ..., is taken for a header",)
        self._rows = numbered if header else chain([(line, cells)], numbered)
        self._preparation, self._width = preparation, len(cells)
        names = [cell.strip() for cell in cells] if header and columns else []
        self.kept = _kept(preparation, names)
        if lacking := [name for name in preparation.keep if name not in names]:
            self.warnings = (f"{where}: has no {column_names(lacking)}, named in dataset.keep: empty in the answers",)
        self._numbers = sum(column.width for column in self._columns) + preparation.spec.outputs

    def blocks(self) -> Iterator[EncodedRows]:
        """Examples, some at a time.

        Raises:
            DataError: there are no rows, or the text is damaged; the rows before that come first.
        """
        empty = True
        for lines, rows in _until_damaged(self._rows, rows_of(max(self._width, self._numbers))):
            empty = False
            yield self._encoded(lines, rows)
        if empty:
            raise DataError(f"{self._where}: holds a header and no rows. Expected one for each example.")

    def _encoded(self, lines: list[int], rows: list[list[str]]) -> EncodedRows:
        """The examples of some rows; one of another width than the first row is taken for one of empty cells."""
        other = {
            position: wrong_width(self._where, line, self._width, len(row))
            for position, (line, row) in enumerate(zip(lines, rows, strict=True))
            if len(row) != self._width
        }
        block = Block(lines, [[""] * self._width if position in other else row for position, row in enumerate(rows)])
        cells, names = block.columns(), [f"{self._where}:{line}" for line in lines]
        encoded = encode_rows(names, self._columns, [cells[position] for position in self._positions], other)
        kept = {name: cells[position] for name, position in self.kept.items()}
        x = self._preparation.filled(encoded.x).reshape(-1, *self._shape)
        errors = dict(sorted((encoded.errors | other).items()))
        return EncodedRows(x, errors, encoded.notes, encoded.warnings, kept)


def _kept(preparation: Preparation, header: Sequence[str]) -> dict[str, int]:
    """The columns of a header that are carried into the answers, and where they are."""
    features = {column.name for column in preparation.columns or ()}
    return {
        name: place
        for place, name in enumerate(header)
        if name not in features and (name in preparation.keep or is_named_as_id(name))
    }


def _until_damaged(numbered: Iterator[tuple[int, list[str]]], most: int) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Lines and rows, up to so many at once; what is wrong with the text is raised after the rows before it."""
    chunk, damage = list[tuple[int, list[str]]](), None
    try:
        for row in numbered:
            chunk.append(row)
            if len(chunk) == most:
                yield _unzipped(chunk)
                chunk = []
    except DataError as error:
        damage = error
    if chunk:
        yield _unzipped(chunk)
    if damage is not None:
        raise damage


def _unzipped(chunk: list[tuple[int, list[str]]]) -> tuple[list[int], list[list[str]]]:
    return [line for line, _ in chunk], [row for _, row in chunk]


def _delimiter(where: str, first: str, preparation: Preparation) -> str:
    """What separates the cells of a first line: that with which it names all columns, else what fits best.

    A tab comes first in a .tsv file, else the one of the training; then commas, semicolons, tabs or bars, whichever
    the line has most.
    """
    names = {column.name for column in preparation.columns or ()}
    usual = sorted(",;\t|", key=lambda mark: -first.count(mark))
    of_file = delimiter_of(where)
    preferred = preparation.delimiter if of_file == "," else of_file
    for mark in (preferred, preparation.delimiter, *usual) if names else ():
        if names <= _cells(first, mark):
            return mark
    return preferred if (names or of_file != ",") and preferred in first else usual[0]


def _cells(first: str, mark: str) -> set[str]:
    """The different cells of a first line if `mark` separates them; none of a line that no table has."""
    try:
        return {cell.strip() for cell in next(csv.reader([first], delimiter=mark, skipinitialspace=True), [])}
    except csv.Error:
        return set()


def _first_line(stream: TextIO, where: str) -> str:
    try:
        return next(bounded_lines(stream, where), "").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise not_utf8(where, 1) from error


def _layout(
    where: str, shape: Shape, first: list[str], columns: Sequence[Column] | None, count: int
) -> tuple[bool, Sequence[int]]:
    """Whether the first row is a header, and where each column is."""
    names = [cell.strip() for cell in first]
    wanted = [column.name for column in columns or ()]
    found = set(wanted) & set(names)
    if twice := [name for name in wanted if names.count(name) > 1]:
        raise DataError(f"{where}: has the {column_names(twice)} more than once. Keep one of each.")
    if found and found == set(wanted):
        positions = {name: position for position, name in enumerate(names)}
        return True, [positions[name] for name in wanted]
    if found:
        missing = [name for name in wanted if name not in found]
        raise DataError(f"{where}: lacks the {column_names(missing)}. Expected {listed(wanted)}.")
    alike = {name.casefold(): name for name in names}
    if spelled := [(name, alike[name.casefold()]) for name in wanted if name.casefold() in alike]:
        name, got = map(quoted, spelled[0])
        raise DataError(f"{where}: has no column {name}. Did you mean {got}? Rename it.")
    if len(first) != count:
        raise _wrong_width(where, wanted, len(first)) if columns else wrong_size(where, shape, (len(first),))
    return columns is None and not all(map(is_number, first)), range(count)


def _wrong_width(where: str, wanted: Sequence[str], got: int) -> DataError:
    """The error for rows without a header that have another number of cells than there are columns."""
    return DataError(
        f"{where}: expected a header that names the columns, or rows of just {counted(len(wanted), 'cell')} "
        f"({listed(wanted)}), got {got} cells. Add the header."
    )
