"""Target: what the rows of a table are to be mapped to, classes or values."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from nnfs_cli.data.tables.bad_cells import BadCells
from nnfs_cli.data.tables.cells import MISSING, is_number, plain
from nnfs_cli.data.tables.column_survey import ColumnSurvey
from nnfs_cli.data.tables.columns import MOST_CATEGORIES, codes, numbers
from nnfs_cli.data.tables.table import Block
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import listed, quoted, shown

Task = Literal["auto", "classification", "regression"]
MOST_NUMBERED_CLASSES = 20
_IF_CLASSES = "set dataset.task: classification if these are classes"


@dataclass(frozen=True)
class Target:
    """The columns to predict.

    Attributes:
        names: of the columns; several are values each.
        classes: the different texts as they are written, words in alphabetical order, whole numbers in ascending order;
            None for values.
        otherwise: how its cells could be meant instead, and what to set then.
        constant: the cell that stands in every row of a column of values, by its name.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...] | None
    otherwise: str = ""
    constant: tuple[tuple[str, str], ...] = ()

    @property
    def outputs(self) -> int:
        """The number of classes or of values."""
        return len(self.names if self.classes is None else self.classes)

    def encode(self, block: Block, positions: Sequence[int], bad: BadCells) -> Array:
        """(n,) int64 class numbers or (n, outputs) float64 values of a block of rows; of no use if `bad` gets more.

        Args:
            bad: takes in cells that are empty, no numbers, or no classes of the training file.
        """
        values = np.zeros((len(block.rows), len(self.names)))
        for output, (name, position) in enumerate(zip(self.names, positions, strict=True)):
            with bad.of(block, name):
                if self.classes is not None:
                    return codes(self._labels(block.cells(position)), self.classes)
                values[:, output] = numbers(block.cells(position))
        return values

    def notes(self) -> Iterator[str]:
        """What people should know of classes that are nearly the same or may mean a missing answer; of constants."""
        classes, where = self.classes or (), f"target '{shown(self.names[0])}'"
        for names in _twins(classes):
            yield f"{where}: {', '.join(map(quoted, names))} are different classes, as written"
        for name in classes:
            if name.strip().lower() in MISSING:
                yield f"{where}: {quoted(name)} is a class. Remove its rows if it means that the answer is missing"
        for column, value in self.constant:
            yield f"target '{shown(column)}': is {value} in every row: nothing can be learned. Choose another target"

    def _labels(self, cells: list[str]) -> list[str]:
        """The cells as classes are written; a number that is none means the only class that equals it: 3 for 3.0."""
        known, equal = set(self.classes or ()), self._equal
        return [cell if cell in known else equal.get(_whole(cell), cell) for cell in cells]

    @functools.cached_property
    def _equal(self) -> dict[int | None, str]:
        """The class that a whole number means, where no two classes are the same number."""
        numbers = [(_whole(name), name) for name in self.classes or ()]
        often = Counter(number for number, _ in numbers)
        return {number: name for number, name in numbers if number is not None and often[number] == 1}


def _twins(classes: Sequence[str]) -> list[list[str]]:
    """Classes that are the same number, or the same word but for blanks, case and the composition of letters."""
    alike: dict[int | str, list[str]] = {}
    for name in classes:
        number = _whole(name)
        word = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
        alike.setdefault(word if number is None else number, []).append(name)
    return [names for names in alike.values() if len(names) > 1]


def decide_target(where: str, surveys: Sequence[ColumnSurvey], task: Task) -> Target:
    """Classes or values? With `auto`: words, and up to 20 different whole numbers, are classes.

    Raises:
        DataError: the columns do not suit the task.
    """
    names = tuple(survey.name for survey in surveys)
    all_told(attempt for survey in surveys for attempt in _attempts(survey, task if len(names) == 1 else "several"))
    words = [survey.name for survey in surveys if survey.texts]
    if len(names) > 1 or task == "regression":
        if len(names) > 1 and (words or task == "classification"):
            raise DataError(
                f"{where}: target {listed(words or names)}: expected one column for classification, "
                "or numbers for regression. Choose other columns or another task."
            )
        return Target(names, None, constant=_constant(surveys))
    classes = _classes(where, surveys[0], task)
    otherwise = _otherwise(surveys[0], classes) if task == "auto" else ""
    return Target(names, classes, otherwise, _constant(surveys) if classes is None else ())


def _attempts(survey: ColumnSurvey, task: str) -> Iterator[Callable[[], None]]:
    """What is to be seen before a column is taken for classes or values; `task` may be "several" columns too."""
    missing = "leave such rows out"
    if task == "auto" and survey.numeric and survey.words:
        missing += f", or {_IF_CLASSES}"
    yield partial(survey.refuse_missing, missing, words=task != "classification")
    yield survey.refuse_huge
    if task == "auto":
        yield partial(survey.refuse_texts_of_numbers, _IF_CLASSES, most=MOST_NUMBERED_CLASSES)
    elif task == "several":
        yield partial(survey.refuse_other_spellings, "choose other columns")
    elif task == "regression":
        yield survey.refuse_texts


def _constant(surveys: Sequence[ColumnSurvey]) -> tuple[tuple[str, str], ...]:
    """Columns of numbers that are the same in all of two rows or more, and that number."""
    return tuple(
        (survey.name, min(survey.distinct).strip())
        for survey in surveys
        if survey.rows > 1 and len(survey.distinct) <= MOST_CATEGORIES and len(set(map(float, survey.distinct))) == 1
    )


def _otherwise(survey: ColumnSurvey, classes: tuple[str, ...] | None) -> str:
    """How texts that look like numbers, or whole numbers, could be meant instead."""
    if survey.kind and classes is not None:
        return f"{plain(survey.kind)} if its texts, which look like {survey.kind}, are values"
    if survey.words or len(survey.distinct) > MOST_CATEGORIES or None in map(_whole, survey.distinct):
        return ""
    if classes is not None:
        return "set dataset.task: regression if its whole numbers are values"
    return f"set dataset.task: classification if its {len(survey.distinct):,} whole numbers are classes"


def _classes(where: str, survey: ColumnSurvey, task: Task) -> tuple[str, ...] | None:
    found = survey.distinct
    whole = {_whole(cell) for cell in found}
    if survey.words and len(found) <= MOST_CATEGORIES:
        return tuple(sorted(found))
    if not survey.words and None not in whole and len(whole) <= _most(task):
        return tuple(sorted(found, key=lambda cell: (_whole(cell), cell)))
    if survey.words or task == "classification":
        values = "" if survey.words else ", or set dataset.task: regression"
        raise DataError(
            f"{where}: target {shown(survey.name)}: expected up to {MOST_CATEGORIES:,} words or whole numbers "
            f"as classes, got such as {quoted(min(found))}. Choose another target{values}."
        )
    return None


def _most(task: Task) -> int:
    return MOST_CATEGORIES if task == "classification" else MOST_NUMBERED_CLASSES


def _whole(cell: str) -> int | None:
    """The whole number that a cell means; None for any other cell."""
    return int(float(cell)) if is_number(cell) and float(cell).is_integer() else None
