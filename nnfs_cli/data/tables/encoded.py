"""Encoded: the columns of a file as features and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.columns.base import Column, laid_out
from nnfs_cli.data.spec import Examples
from nnfs_cli.data.tables.bad_cells import bad_cells
from nnfs_cli.data.tables.beside import Beside
from nnfs_cli.data.tables.frame import gather
from nnfs_cli.data.tables.header import positions
from nnfs_cli.data.tables.targets import Target
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted, shown

THE_TARGET = "the target"


@dataclass(eq=False)
class Frame:
    """The cells of a file, column by column; encoding uses them up.

    Attributes:
        path: of the file.
        lines: on which each row begins.
        features, answers: the cells of each column.
        damage: what is wrong with rows that cannot be read.
        others: the cells of each column that stands beside the features.
    """

    path: Path
    lines: Array
    features: list[Cells | None]
    answers: list[Cells]
    damage: tuple[str, ...] = ()
    others: Sequence[Cells] = ()


def read_frame(
    path: Path, delimiter: str, columns: Sequence[Column], target: Target, beside: Beside, without: str
) -> Frame:
    """The cells of a file of which the columns are known, which may stand in any order among others.

    Args:
        without: what to do if the file has no target.

    Raises:
        DataError: columns are not there, or no row can be read.
    """
    features, answers = [column.gatherer() for column in columns], target.gatherers()
    others = beside.gatherers()

    def choose(header: list[str]) -> list[tuple[int, object]]:
        names = [column.name for column in columns]
        of_features, of_answers, of_others = all_told(
            [
                lambda: positions(path, header, names),
                lambda: positions(path, header, target.names, THE_TARGET, without),
                lambda: positions(path, header, beside.names),
            ]
        )
        each = (of_features, features), (of_answers, answers), (of_others, others)
        return [wanted for places, gatherers in each for wanted in zip(places, gatherers, strict=True)]

    lines, damage = gather(path, delimiter, choose)
    if not len(lines):
        raise DataError(*damage) if damage else no_rows(path)
    cells = [[one.cells() for one in gatherers] for gatherers in (features, answers, others)]
    return Frame(path, lines, cells[0], cells[1], damage, cells[2])


def encode(frame: Frame, columns: Sequence[Column], target: Target, beside: Beside) -> tuple[Examples, tuple[str, ...]]:
    """Examples of all rows that have an answer, and what people should know of them.

    Raises:
        DataError: rows cannot be read; cells cannot be used, the first of every column, and how many; or no row has an
            answer.
    """
    path, lines = str(frame.path), frame.lines
    kept = ~target.lacking(frame.answers)
    notes = [*unanswered(frame, target)]
    bad = list(frame.damage)
    for column, cells in zip(columns, frame.features, strict=True):
        bad += bad_cells(path, lines, column.name, cells, column.refused(cells))
        notes += _remarks(path, lines, column, cells)
    for position, (name, cells) in enumerate(zip(target.names, frame.answers, strict=True)):
        bad += bad_cells(path, lines, name, cells, target.refused(position, cells))
    bad += beside.refused(path, lines, frame.others) if frame.others else ()
    if bad:
        raise DataError(*bad)
    if not kept.any():
        raise DataError(f"{path}: no row has an answer in {shown(target.names[0])}. Choose another target.")
    rows = slice(None) if kept.all() else np.flatnonzero(kept)
    y = target.encode([cells.take(rows) for cells in frame.answers])
    others = beside.arrays(frame.others, rows) if frame.others else {}
    return Examples(_features(frame, columns, rows), y, **others), tuple(notes)


def _features(frame: Frame, columns: Sequence[Column], rows: Array | slice) -> Array:
    """(n, features), float32 as long as that loses no digit; the cells of a column are given up once they are in."""
    count, pairs = len(frame.lines[rows]), zip(columns, frame.features, strict=True)
    single = all(column.fits_single(cells) for column, cells in pairs)
    x = np.empty((count, sum(column.width for column in columns)), np.float32 if single else np.float64)
    for place, (column, features) in enumerate(zip(columns, laid_out(columns), strict=True)):
        column.encode(frame.features[place].take(rows), x[:, features])
        frame.features[place] = None
    return x


def unanswered(frame: Frame, target: Target) -> Iterator[str]:
    """A warning on rows that are left out because they have no answer."""
    lacking, rows = int(np.count_nonzero(target.lacking(frame.answers))), len(frame.lines)
    if 0 < lacking < rows:
        names = shown(target.names[0]) if len(target.names) == 1 else "a target"
        are = "has no answer in {}: it is" if lacking == 1 else "have no answer in {}: they are"
        yield f"{frame.path}: {lacking:,} of {counted(rows, 'row')} {are.format(names)} left out"


def _remarks(path: str, lines: Array, column: Column, cells: Cells) -> Iterator[str]:
    """A warning on cells that the training never saw: the first one, and how many there are."""
    told = column.remarks(cells)
    if first := cells.first_of(told):
        row, count = first
        others = f" (the first of {count:,} such cells)" if count > 1 else ""
        yield f"{path}:{lines[row]}: column '{shown(column.name)}': {told[cells.texts[cells.codes[row]]]}{others}"


def no_rows(path: Path) -> DataError:
    """The error for a table without examples."""
    return DataError(f"{path}: has a header and no rows. Add some.")
