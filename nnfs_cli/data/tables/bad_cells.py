"""Bad cells: what is wrong with the cells of a column, the first of them and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnfs_cli.data.cells.cells import BEYOND, Cells
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown


def bad_cells(where: str, lines: Array, name: str, cells: Cells, told: Mapping[str, str]) -> Iterator[str]:
    """A sentence, if there are any.

    Args:
        where: the name of the file.
        lines: on which each row begins.
        name: of the column.
        told: why cells with a text cannot be used.
    """
    if (first := cells.first_of(told)) is None:
        return
    row, count = first[0], first[1] + int((cells.codes == BEYOND).sum())
    others = f", the first of {count:,} such cells" if count > 1 else ""
    fix = "the cells or remove the rows" if count > 1 else "the cell or remove the row"
    yield f"{location_of(where, int(lines[row]), name)}: {told[cells.texts[cells.codes[row]]]}{others}. Fix {fix}."


def location_of(where: str, line: int, name: str) -> str:
    """How an error names a cell."""
    return f"{where}:{line}: column '{shown(name)}'"
