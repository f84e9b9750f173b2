"""Input rows: CSV text without answers, with a header or without, as examples."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TextIO

from nnfs_cli.data.columns import Column, encode_rows
from nnfs_cli.data.input_shape import wrong_size
from nnfs_cli.data.table import blocks, is_number, not_utf8, read_rows
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import listed


def input_rows(stream: TextIO, where: str, shape: Shape, columns: Sequence[Column] | None) -> Iterator[Array]:
    """Blocks of examples (n, *shape) float32; commas, semicolons or tabs separate, whichever the first line has most.

    Args:
        where: the name of the stream, for errors.
        columns: what a model of tables learned from: a header may name them in any order, among others; without
            a header a row holds exactly these. None: a row holds the numbers of one example.

    Raises:
        DataError: there are no rows, a column is missing, or a cell cannot be used.
    """
    first = _first_line(stream, where)
    numbered = read_rows(chain([first], stream), where, max(",;\t", key=first.count))
    line, cells = next(numbered, (0, []))
    if not cells:
        raise DataError(f"{where}: holds no rows. Expected one for each example.")
    encoders = columns or [Column(str(feature)) for feature in range(math.prod(shape))]
    header, positions = _layout(where, shape, cells, columns, len(encoders))
    rows = numbered if header else chain([(line, cells)], numbered)
    empty = True
    for block in blocks(rows, where, len(cells)):
        empty = False
        yield encode_rows(where, block, encoders, positions).reshape(-1, *shape)
    if empty:
        raise DataError(f"{where}: holds a header and no rows. Expected one for each example.")


def _first_line(stream: TextIO, where: str) -> str:
    try:
        return stream.readline().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise not_utf8(where, 1) from error


def _layout(
    where: str, shape: Shape, first: list[str], columns: Sequence[Column] | None, count: int
) -> tuple[bool, Sequence[int]]:
    """Whether the first row is a header, and where each column is."""
    names = [cell.strip() for cell in first]
    wanted = [column.name for column in columns or ()]
    found = set(wanted) & set(names)
    if found and found == set(wanted):
        places = {name: place for place, name in enumerate(names)}
        return True, [places[name] for name in wanted]
    if found:
        missing = [name for name in wanted if name not in found]
        raise DataError(f"{where}: lacks the columns {listed(missing)}. Expected {listed(wanted)}.")
    if len(first) != count:
        raise wrong_size(where, shape if columns is None else (count,), (len(first),))
    return columns is None and not all(map(is_number, first)), range(count)
