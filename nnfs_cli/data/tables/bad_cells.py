"""BadCells: what is wrong with the cells of a table, the first of every column and how many there are."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from nnfs_cli.data.tables.columns import CellError, location_of
from nnfs_cli.data.tables.table import Block


class BadCells:
    """Gathers the errors of a file, column by column.

    Args:
        where: the name of the file.
    """

    def __init__(self, where: str):
        self._where = where
        self._first = dict[str, tuple[int, str]]()
        self._counts = Counter[str]()

    def __bool__(self) -> bool:
        return bool(self._first)

    @contextlib.contextmanager
    def of(self, block: Block, name: str) -> Iterator[None]:
        """Take in what is wrong with the cells of a column of a block; what is computed inside does not exist then."""
        try:
            yield
        except CellError as error:
            self._first.setdefault(name, (block.lines[error.row], str(error)))
            self._counts[name] += len(error.reasons)

    def lines(self) -> Iterator[str]:
        """A sentence for every column."""
        for name, (line, reason) in self._first.items():
            count = self._counts[name]
            others = f", the first of {count:,} such cells" if count > 1 else ""
            fix = "the cells or remove the rows" if count > 1 else "the cell or remove the row"
            yield f"{location_of(self._where, line, name)}: {reason}{others}. Fix {fix}."
