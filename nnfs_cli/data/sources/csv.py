"""CSV: tables with a header, one example a row."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le, Len

from nnfs_cli.data.column_survey import ColumnSurvey
from nnfs_cli.data.columns import Column, encode_rows
from nnfs_cli.data.files import LARGEST_RATIO, SMALL
from nnfs_cli.data.gathered import Gathered
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Place,
    Source,
    Test,
    Validation,
    counts_with_test_share,
    wanted,
    with_test_share,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.data.table import count_lines, counts_up, delimiter_of, open_table
from nnfs_cli.data.targets import Target, Task, decide_target
from nnfs_cli.errors import ConfigError, DataError, all_told
from nnfs_cli.parameters import LARGEST, Means
from nnfs_cli.registry import SOURCES
from nnfs_cli.text import listed, nearest, quoted, shown

Index = Annotated[int, Ge(-LARGEST), Le(LARGEST)]
Names = Annotated[str | Index | tuple[str, ...], Means("the name or index of a column, or a list of names")]
Character = Annotated[str, Len(1, 2), Means("one character, or \\t")]

Survey = tuple[tuple[Column, ...], Target, tuple[str, ...]]


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

    def spec(self, place: Place) -> DataSpec:
        """Found by reading the training file once, since any row may bring a new text."""
        return _facts(*self._survey(place.find(self.train)))

    def load(self, place: Place, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, features), float32 or float64; y (N,) class numbers or (N, outputs) float64."""
        columns, target, notes = self._known(known) if known else self._survey(place.find(self.train))
        splits = {name: self._read(path, columns, target) for name, path in self._paths(place, only).items()}
        splits = with_test_share(splits, self.test)
        return Loaded(
            _facts(columns, target, notes), splits, {"columns": columns, "delimiter": self._delimiter(self.train)}
        )

    def sizes(self, place: Place, spec: DataSpec) -> Size:
        """Counted by lines, of which a quoted cell may take several. Half as much again where digits are found late."""
        rows = {name: count_lines(path) - 1 for name, path in self._paths(place).items()}
        x_bytes = np.dtype(np.float64).itemsize * spec.input_shape[0]
        size = Size(rows, x_bytes, 0 if spec.classes else spec.outputs)
        reading = size.bytes_of(max(rows.values())) // 2
        return dataclasses.replace(size, examples=counts_with_test_share(rows, self.test), reading=reading)

    def _paths(self, place: Place, only: str | None = None) -> dict[str, Path]:
        named = wanted({"train": self.train, "validation": self.validation, "test": self.test}, only)
        return {name: place.find(path) for name, path in named.items()}

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
            names = self._target_names(path, header)
            _positions(path, header, self.drop)
            dropped = set(self.drop) - set(names)
            surveys = {name: ColumnSurvey(name) for name in header if name not in dropped}
            places = _positions(path, header, list(surveys))
            for block in blocks:
                for survey, place in zip(surveys.values(), places, strict=True):
                    survey.add(str(path), block, place)
        answers = [surveys.pop(name) for name in names]
        if not surveys:
            raise DataError(f"{path}: no column is left to learn from. Drop fewer columns.")
        decide = functools.partial(decide_target, str(path), answers, self.task)
        target, *columns = all_told([decide, *(survey.column for survey in surveys.values())])
        found = [survey.note() for survey in surveys.values()] + [survey.note("classes") for survey in answers]
        if counts_up(header):
            found.append(f"{path}: the first row, {', '.join(header[:3])}, ..., is taken for a header")
        return tuple(columns), target, (*filter(None, found), *target.notes())

    def _target_names(self, path: Path, header: list[str]) -> tuple[str, ...]:
        names = self.target if isinstance(self.target, tuple) else (self.target,)
        if isinstance(self.target, int) and -len(header) <= self.target < len(header):
            names = (header[self.target],)
        elif isinstance(self.target, int) and str(self.target) in header:
            names = (str(self.target),)
        _positions(path, header, names)
        return names  # type: ignore[return-value]

    def _read(self, path: Path, columns: Sequence[Column], target: Target) -> Examples:
        """The rows of a file whose columns may come in any order."""
        x, y = Gathered(sum(column.width for column in columns), str(path)), list[np.ndarray]()
        for features, answers in self._blocks(path, columns, target):
            x.add(features)
            y.append(answers)
        if not len(x):
            raise DataError(f"{path}: has a header and no rows. Add some.")
        return Examples(x.whole(), np.concatenate(y))

    def _blocks(self, path: Path, columns: Sequence[Column], target: Target) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        with open_table(path, self._delimiter(path)) as (header, blocks):
            features = _positions(path, header, [column.name for column in columns])
            answers = _positions(path, header, target.names)
            width, rows, stored = sum(column.width for column in columns), 0, path.stat().st_size
            for block in blocks:
                rows += len(block.rows)
                _refuse_growth(path, rows, width, stored)
                yield encode_rows(str(path), block, columns, features), target.encode(str(path), block, answers)


def _refuse_growth(path: Path, rows: int, width: int, stored: int) -> None:
    """Refuse rows whose texts become far more numbers than the file has bytes, before there is memory for them."""
    size = rows * width * np.dtype(np.float32).itemsize
    if size > SMALL and size > LARGEST_RATIO * stored:
        raise DataError(
            f"{path}: its texts become {width:,} features, over {size:,} bytes in all and {LARGEST_RATIO} times the "
            "file. Drop columns of text."
        )


def _facts(columns: Sequence[Column], target: Target, notes: tuple[str, ...]) -> DataSpec:
    width = sum(column.width for column in columns)
    return DataSpec((width,), target.classes, target.outputs, target.names, notes, target.otherwise)


def _positions(path: Path, header: list[str], names: Sequence[str | int]) -> list[int]:
    places = {name: place for place, name in enumerate(header)}
    missing = [str(name) for name in names if name not in places]
    if missing:
        guess = nearest(missing[0], header)
        hint = f"Did you mean {quoted(guess)}? " if guess else ""
        raise DataError(f"{path}: has no column {listed(missing)}. {hint}There are: {listed(header)}.")
    return [places[name] for name in names]  # type: ignore[index]
