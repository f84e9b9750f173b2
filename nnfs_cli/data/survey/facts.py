"""Facts: what a network needs to know of a table before it sees a row."""

from __future__ import annotations

from collections.abc import Sequence

from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.spec import ColumnReport, DataSpec
from nnfs_cli.data.tables.targets import Target


def facts_of(
    columns: Sequence[Column], target: Target, notes: tuple[str, ...], reports: tuple[ColumnReport, ...]
) -> DataSpec:
    """The specification of the examples that the columns and the target give.

    Args:
        notes: what people should know.
        reports: of the columns of the training file.
    """
    width = sum(column.width for column in columns)
    return DataSpec(
        (width,),
        target.classes,
        (target.outputs,),
        target.names,
        notes,
        target.otherwise,
        embeddings=tuple(column.embedding for column in columns if column.embedding),
        report=reports,
    )
