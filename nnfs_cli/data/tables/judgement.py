"""Judgement: what the columns of a training table become, or all that is wrong with them, told at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from nnfs_cli.data.tables.column_survey import ColumnSurvey
from nnfs_cli.data.tables.columns import Column
from nnfs_cli.data.tables.table_rows import no_rows
from nnfs_cli.data.tables.targets import Target, Task, decide_target
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.text import flow_list

Survey = tuple[tuple[Column, ...], Target, tuple[str, ...]]


def judged(
    path: Path,
    answers: Sequence[ColumnSurvey],
    features: Sequence[ColumnSurvey],
    task: Task,
    dropped: Sequence[str] = (),
    damage: Sequence[str] = (),
) -> Survey:
    """The columns, the target, and what people should know of them.

    Args:
        dropped: names of the columns that are left out already.
        damage: what is wrong with the rows.

    Raises:
        DataError: something is wrong; the warnings come with it, since they too are about the file.
    """
    if not answers[0].rows:
        raise DataError(*damage) if damage else no_rows(path)
    lines, notes = list(damage), tuple(_notes(path, features, dropped))
    try:
        target, *columns = all_told(
            [partial(decide_target, str(path), answers, task), *(survey.column for survey in features)]
        )
    except DataError as error:
        lines += error.lines
    if lines:
        raise DataError(*lines, *(f"warning: {note}" for note in notes))
    of_classes = answers[0].notes_on_classes() if target.classes is not None else ()
    return tuple(columns), target, (*notes, *of_classes, *target.notes())


def _notes(path: Path, features: Sequence[ColumnSurvey], dropped: Sequence[str]) -> Iterator[str]:
    for survey in features:
        yield from survey.notes()
    worthless = [survey.name for survey in features if survey.worthless]
    if len(worthless) > 1:
        drop = flow_list([*dropped, *worthless])
        yield f"{path}: all columns that only name rows or are empty are left out with dataset.drop: {drop}"
