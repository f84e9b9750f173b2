"""Frame: the columns of a file in memory, read once or, where cells turn out to mean something else, twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.tables.table import open_table
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

Wanted = Sequence[tuple[int, Gatherer]]
"""Positions of columns, each with what takes its cells in."""


def gather(path: Path, delimiter: str, choose: Callable[[list[str]], Wanted]) -> tuple[Array, tuple[str, ...]]:
    """Read a file once.

    Args:
        choose: which columns are wanted, by the header.

    Returns:
        The line on which each row begins, (rows,) int64, and what is wrong with rows that cannot be read.

    Raises:
        DataError: there is no header, or a column that is wanted is not there.
    """
    lines = list[Array]()
    with open_table(path, delimiter) as (header, blocks):
        wanted = choose(header)
        try:
            for block in blocks:
                lines.append(np.array(block.lines, np.int64))
                columns = block.columns()
                for position, gatherer in wanted:
                    gatherer.add(columns[position])
        except DataError as error:
            return _joined(lines), error.lines
    return _joined(lines), ()


def _joined(lines: list[Array]) -> Array:
    return np.concatenate(lines) if lines else np.zeros(0, np.int64)
