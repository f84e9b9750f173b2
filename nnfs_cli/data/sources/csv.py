"""CSV: tables with a header, one example a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le, Len

from nnfs_cli.data.formats.gathered import Gathered
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Locator,
    Source,
    Test,
    Validation,
    counts_with_test_share,
    wanted,
    with_test_share,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.data.tables.column_survey import ColumnSurvey
from nnfs_cli.data.tables.columns import Column
from nnfs_cli.data.tables.header import positions
from nnfs_cli.data.tables.judgement import Survey, judged
from nnfs_cli.data.tables.table import Block, count_lines, counts_up, delimiter_of, open_table
from nnfs_cli.data.tables.table_rows import encoded, no_rows
from nnfs_cli.data.tables.targets import Target, Task
from nnfs_cli.errors import ConfigError, DataError, all_told
from nnfs_cli.parameters import LARGEST, Means
from nnfs_cli.registry import SOURCES
from nnfs_cli.text import quoted, shown

Index = Annotated[int, Ge(-LARGEST), Le(LARGEST)]
Names = Annotated[str | Index | tuple[str, ...], Means("the name or index of a column, or a list of names")]
Character = Annotated[str, Len(1, 2), Means("one character, or \\t")]

_TARGET = "the target"
_WITHOUT_ANSWERS = {
    "test": " Leave dataset.test out, and give the file to nnfs predict, if it has no answers.",
    "validation": " Set dataset.validation to a share such as 0.1 if the file has no answers.",
}


@SOURCES.register("csv")
class CSV(Source):
    """Tables. Columns of numbers are features as they are, columns of text become one-hot.

    The training file decides which columns are numbers, which texts there are, and which classes.

    Args:
        train: the file to learn from, with a header.
        target: the column to predict, by name or by index (-1 is the last); several names for several values. A number
            that is no index but the name of a column is that name.
        test: another file with these columns, or the share of rows to hold out of `train`, the same for every seed.
        validation: another file too; or the share or count to hold out of the rest of `train`.
        drop: names of columns to leave out.
        delimiter: what separates cells, \\t is a tab; if left out a tab in .tsv files and a comma in others.
        task: `auto` takes words, and up to 20 different whole numbers, for classes.
    """

    def __init__(
        self,
        train: str,
        target: Names,
        test: Test = None,
        validation: Validation = 0.1,
        drop: tuple[str, ...] = (),
        delimiter: Character | None = None,
        task: Task = "auto",
    ):
        if isinstance(target, tuple) and len(set(target)) != max(1, len(target)):
            raise ConfigError(f"target: expected the names of different columns, got {quoted(list(target))}.")
        delimiter = "\t" if delimiter == "\\t" else delimiter
        if delimiter is not None and (len(delimiter) > 1 or delimiter in '"\r\n'):
            raise ConfigError(f"delimiter: expected a character that separates cells, got {quoted(delimiter)}.")
        self.train = train
        self.target = target
        self.test = test
        self.validation = validation
        self.drop = drop
        self.delimiter = delimiter
        self.task = task
        self._surveyed: Survey | None = None

    def spec(self, locator: Locator) -> DataSpec:
        """Found by reading the training file once, since any row may bring a new text."""
        return _facts(*self._survey(locator.find(self.train)))

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, features), float32 or float64; y (N,) class numbers or (N, outputs) float64."""
        paths = self._paths(locator, only)
        columns, target, notes = self._known(known) if known else self._survey(paths["train"])
        splits = dict(zip(paths, self._splits(paths, columns, target), strict=True))
        splits = with_test_share(splits, self.test)
        return Loaded(
            _facts(columns, target, notes), splits, {"columns": columns, "delimiter": self._delimiter(self.train)}
        )

    def examine(self, locator: Locator) -> None:
        """Every row of the other files is read, and forgotten."""
        paths = self._paths(locator)
        train = paths.pop("train")
        if paths:
            columns, target, _ = self._surveyed or self._survey(train)
            all_told(partial(self._pass_over, split, path, columns, target) for split, path in paths.items())

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Counted by lines, of which a quoted cell may take several. Half as much again where digits are found late."""
        rows = {name: count_lines(path) - 1 for name, path in self._paths(locator).items()}
        x_bytes = np.dtype(np.float64).itemsize * spec.input_shape[0]
        size = Size(rows, x_bytes, 0 if spec.classes else spec.outputs)
        reading = size.bytes_of(max(rows.values())) // 2
        return dataclasses.replace(size, examples=counts_with_test_share(rows, self.test), reading=reading)

    def _paths(self, locator: Locator, only: str | None = None) -> dict[str, Path]:
        named = wanted({"train": self.train, "validation": self.validation, "test": self.test}, only)
        return {name: locator.find(path) for name, path in named.items()}

    def _delimiter(self, path: Path | str) -> str:
        return self.delimiter or delimiter_of(path)

    def _known(self, known: Preparation) -> Survey:
        """The columns of a training that is over.

        Raises:
            DataError: it had none, because it was on something else than a table.
        """
        if not known.columns:
            raise DataError(
                f"{shown(self.train)}: is a table, but the model was not trained on one. Give it such data."
            )
        names = self.target if isinstance(self.target, tuple) else (self.target,)
        return known.columns, Target(known.spec.targets or names, known.spec.classes), ()  # type: ignore[arg-type]

    def _survey(self, path: Path) -> Survey:
        """What the columns of the training file are, and what should be known of them."""
        with open_table(path, self._delimiter(path)) as (header, blocks):
            asked = [
                partial(self._target_positions, path, header),
                partial(positions, path, header, self.drop, "named in dataset.drop"),
            ]
            names = tuple(header[position] for position in all_told(asked)[0])
            dropped = set(self.drop) - set(names)
            surveys = {name: ColumnSurvey(name, self.drop) for name in header if name not in dropped}
            if not surveys.keys() - set(names):
                raise DataError(f"{path}: no column is left to learn from. Drop fewer columns.")
            columns = positions(path, header, list(surveys))
            damage = _look(path, blocks, list(surveys.values()), columns)
        answers = [surveys.pop(name) for name in names]
        columns, target, notes = judged(path, answers, list(surveys.values()), self.task, self.drop, damage)
        if counts_up(header):
            notes += (f"{path}: the first row, {', '.join(header[:3])}, ..., is taken for a header",)
        self._surveyed = columns, target, notes
        return self._surveyed

    def _target_positions(self, path: Path, header: list[str]) -> list[int]:
        if isinstance(self.target, int) and -len(header) <= self.target < len(header):
            return [self.target % len(header)]
        names = self.target if isinstance(self.target, tuple) else (self.target,)
        if isinstance(self.target, int) and str(self.target) in header:
            names = (str(self.target),)
        return positions(path, header, names, _TARGET)

    def _splits(self, paths: Mapping[str, Path], columns: Sequence[Column], target: Target) -> list[Examples]:
        """The examples of each file.

        Raises:
            DataError: some files cannot be used; all that is wrong with all of them.
        """
        return all_told(partial(self._read, split, path, columns, target) for split, path in paths.items())

    def _read(self, split: str, path: Path, columns: Sequence[Column], target: Target) -> Examples:
        """The rows of a file whose columns may come in any order."""
        x, y = Gathered(sum(column.width for column in columns), str(path)), list[np.ndarray]()
        for features, answers in self._blocks(split, path, columns, target):
            x.add(features)
            y.append(answers)
        if not len(x):
            raise no_rows(path)
        return Examples(x.whole(), np.concatenate(y))

    def _pass_over(self, split: str, path: Path, columns: Sequence[Column], target: Target) -> None:
        if not sum(len(y) for _, y in self._blocks(split, path, columns, target)):
            raise no_rows(path)

    def _blocks(
        self, split: str, path: Path, columns: Sequence[Column], target: Target
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Features and answers, block by block.

        Raises:
            DataError: some columns are not there, or some cells cannot be used.
        """
        with open_table(path, self._delimiter(path)) as (header, blocks):
            names, without = [column.name for column in columns], _WITHOUT_ANSWERS.get(split, "")
            features, answers = all_told(
                [
                    partial(positions, path, header, names),
                    partial(positions, path, header, target.names, _TARGET, without),
                ]
            )
            yield from encoded(path, blocks, (columns, features), (target, answers))


def _facts(columns: Sequence[Column], target: Target, notes: tuple[str, ...]) -> DataSpec:
    width = sum(column.width for column in columns)
    return DataSpec((width,), target.classes, (target.outputs,), target.names, notes, target.otherwise)


def _look(
    path: Path, blocks: Iterable[Block], surveys: Sequence[ColumnSurvey], columns: Sequence[int]
) -> Sequence[str]:
    """Survey all rows; what is wrong with those that cannot be read."""
    try:
        for block in blocks:
            for survey, column in zip(surveys, columns, strict=True):
                survey.add(str(path), block, column)
    except DataError as error:
        return error.lines
    return ()
