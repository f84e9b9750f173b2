"""Table rows: the blocks of a table as features and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from nnfs_cli.data.formats.files import LARGEST_RATIO, SMALL
from nnfs_cli.data.tables.bad_cells import BadCells
from nnfs_cli.data.tables.columns import Column
from nnfs_cli.data.tables.table import Block
from nnfs_cli.data.tables.targets import Target
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array


def encoded(
    path: Path,
    blocks: Iterable[Block],
    features: tuple[Sequence[Column], Sequence[int]],
    answers: tuple[Target, Sequence[int]],
) -> Iterator[tuple[Array, Array]]:
    """Features and answers of each block, until one cannot be used; all others are looked at nevertheless.

    Args:
        features, answers: what they are, and where they are in a row.

    Raises:
        DataError: rows or cells cannot be used; the first of every column, and how many.
    """
    (columns, of_features), (target, of_answers) = features, answers
    width, stored = sum(column.width for column in columns), path.stat().st_size
    rows, bad, damage = 0, BadCells(str(path)), tuple[str, ...]()
    try:
        for block in blocks:
            rows += len(block.rows)
            _refuse_growth(path, rows, width, stored)
            x, y = encode_rows(block, columns, of_features, bad), target.encode(block, of_answers, bad)
            if not bad:
                yield x, y
    except DataError as error:
        damage = error.lines
    if damage or bad:
        raise DataError(*damage, *bad.lines())


def encode_rows(block: Block, columns: Sequence[Column], positions: Sequence[int], bad: BadCells) -> Array:
    """The features of a block: (n, sum of widths) float64, of no use if `bad` gets more.

    Args:
        positions: the place of each column in the rows.
        bad: takes in the cells that cannot be used.
    """
    parts = []
    for column, position in zip(columns, positions, strict=True):
        with bad.of(block, column.name):
            parts.append(column.encode(block.cells(position)))
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(block.rows), 0))


def no_rows(path: Path) -> DataError:
    """The error for a table without examples."""
    return DataError(f"{path}: has a header and no rows. Add some.")


def _refuse_growth(path: Path, rows: int, width: int, stored: int) -> None:
    """Refuse rows whose texts become far more numbers than the file has bytes, before there is memory for them."""
    size = rows * width * np.dtype(np.float32).itemsize
    if size > SMALL and size > LARGEST_RATIO * stored:
        raise DataError(
            f"{path}: its texts become {width:,} features, over {size:,} bytes in all and {LARGEST_RATIO} times the "
            "file. Drop columns of text."
        )
