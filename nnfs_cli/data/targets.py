"""Target: what the rows of a table are to be mapped to, classes or values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnfs_cli.data.columns import MOST_CATEGORIES, ColumnSurvey, codes, located, numbers
from nnfs_cli.data.table import Block, is_number
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import listed, quoted, shown

Task = Literal["auto", "classification", "regression"]
MOST_NUMBERED_CLASSES = 20


@dataclass(frozen=True)
class Target:
    """The columns to predict.

    Attributes:
        names: of the columns; several are values each.
        classes: the different words in alphabetical order, or whole numbers in ascending order; None for values.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...] | None

    @property
    def outputs(self) -> int:
        """The number of classes or of values."""
        return len(self.names if self.classes is None else self.classes)

    def encode(self, where: str, block: Block, positions: Sequence[int]) -> Array:
        """(n,) int64 class numbers or (n, outputs) float32 values of a block of rows.

        Raises:
            DataError: a cell is empty, no number, or no class of the training file; with its line and column.
        """
        if self.classes is not None:
            with located(where, block, self.names[0]):
                return codes(self._labels(block.cells(positions[0])), self.classes)
        values = []
        for name, position in zip(self.names, positions, strict=True):
            with located(where, block, name):
                values.append(numbers(block.cells(position)))
        return np.stack(values, axis=1)

    def _labels(self, cells: list[str]) -> list[str]:
        """The cells as classes are written: 3 for 3.0 where classes are numbers."""
        return [_whole(cell) or cell for cell in cells] if all(map(is_number, self.classes or ())) else cells


def decide_target(where: str, surveys: Sequence[ColumnSurvey], task: Task) -> Target:
    """Classes or values? With `auto`: words, and up to 20 different whole numbers, are classes.

    Raises:
        DataError: there are no rows, or the columns do not suit the task.
    """
    if not surveys[0].distinct:
        raise DataError(f"{where}: has a header and no rows. Add some.")
    names = tuple(survey.name for survey in surveys)
    words = [survey.name for survey in surveys if survey.texts]
    if len(names) > 1 or task == "regression":
        if words or task == "classification":
            raise DataError(
                f"{where}: target {listed(words or names)}: expected one column for classification, "
                "or numbers for regression. Choose other columns or another task."
            )
        return Target(names, None)
    return Target(names, _classes(where, surveys[0], task))


def _classes(where: str, survey: ColumnSurvey, task: Task) -> tuple[str, ...] | None:
    found = survey.distinct - {""}
    whole = {_whole(cell) for cell in found}
    if survey.texts and len(found) <= MOST_CATEGORIES:
        return tuple(sorted(found))
    if not survey.texts and None not in whole and len(whole) <= _most(task):
        return tuple(sorted(whole, key=int))  # type: ignore[arg-type]
    if survey.texts or task == "classification":
        raise DataError(
            f"{where}: target {shown(survey.name)}: expected up to {MOST_CATEGORIES:,} words or whole numbers "
            f"as classes, got such as {quoted(min(found))}. Choose another target or task: regression."
        )
    return None


def _most(task: Task) -> int:
    return MOST_CATEGORIES if task == "classification" else MOST_NUMBERED_CLASSES


def _whole(cell: str) -> str | None:
    """A whole number in its shortest form; None for any other cell."""
    return str(int(float(cell))) if is_number(cell) and float(cell).is_integer() else None
