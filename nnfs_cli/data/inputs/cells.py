"""Input cells: the rows of a table without answers, as features, with what is wrong and what is new in each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnfs_cli.data.columns.base import Column, laid_out
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import MOST, shown


@dataclass(frozen=True, eq=False)
class EncodedRows:
    """Examples of some rows.

    Attributes:
        x: (n, *input_shape) float64; zeros in the rows that cannot be used.
        errors: why a row cannot be used, by its place.
        notes: what cells of a row are taken for that the training never saw, by its place.
        warnings: the first of these notes for each column, with its line.
        kept: cells that are carried into the answers, by the name of the column.
    """

    x: Array
    errors: Mapping[int, str]
    notes: Mapping[int, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)


def encode_rows(
    names: Sequence[str], columns: Sequence[Column], cells: Sequence[Sequence[str]], unusable: Collection[int] = ()
) -> EncodedRows:
    """The features of some rows, NaN where a number is missing.

    Args:
        names: of the rows, for errors.
        cells: of each column.
        unusable: places of rows of which it is known already that they cannot be used.
    """
    x = np.empty((len(names), sum(column.width for column in columns)))
    reasons, notes, warnings = dict[int, list[str]](), dict[int, list[str]](), dict[str, str]()
    remarks = list[tuple[str, dict[int, str]]]()
    for column, features, of_column in zip(columns, laid_out(columns), cells, strict=True):
        gatherer, name = column.gatherer(), f"column '{shown(column.name)}'"
        gatherer.add(of_column)
        found = gatherer.cells()
        column.encode(found, x[:, features])
        for row, reason in found.rows_of(column.refused(found)).items():
            reasons.setdefault(row, []).append(f"{name}: {reason}")
        remarks.append((column.name, found.rows_of(column.remarks(found))))
    for column_name, told in remarks:
        for row in [row for row in told if row not in reasons and row not in unusable]:
            note = f"column '{shown(column_name)}': {told[row]}"
            notes.setdefault(row, []).append(note)
            warnings.setdefault(column_name, f"{names[row]}: {note}")
    x[list(reasons)] = 0
    errors = {row: _told(names[row], told) for row, told in reasons.items()}
    return EncodedRows(x, errors, {row: "; ".join(told) for row, told in notes.items()}, warnings)


def _told(where: str, reasons: Sequence[str]) -> str:
    """What is wrong with the cells of a row, some of them where there are many."""
    more = f"; and {len(reasons) - MOST:,} more" if len(reasons) > MOST else ""
    fix = f"Fix the cell{'s' if len(reasons) > 1 else ''} or remove the row."
    return f"{where}: {'; '.join(reasons[:MOST])}{more}. {fix}"
