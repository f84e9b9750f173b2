"""CSV: tables with a header, one example a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le, Len

from nnfs_cli.data.cells.notation import Mark
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import (
    Loaded,
    Locator,
    Source,
    Test,
    Validation,
    counts_with_test_share,
    wanted,
)
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.data.survey.facts import facts_of
from nnfs_cli.data.survey.rules import LEFT_OUT, ColumnRules, TableRules, refuse_rules_of_target, refuse_used_twice
from nnfs_cli.data.survey.survey import Surveyed, survey
from nnfs_cli.data.tables.beside import Beside
from nnfs_cli.data.tables.encoded import THE_TARGET, Frame, encode, read_frame
from nnfs_cli.data.tables.header import positions
from nnfs_cli.data.tables.table import count_lines, delimiter_of
from nnfs_cli.data.tables.targets import Target, Task
from nnfs_cli.errors import ConfigError, DataError, all_told
from nnfs_cli.parameters import LARGEST, Finite, Means
from nnfs_cli.registry import SOURCES
from nnfs_cli.text import quoted, shown

Index = Annotated[int, Ge(-LARGEST), Le(LARGEST)]
Names = Annotated[str | Index | tuple[str, ...], Means("the name or index of a column, or a list of names")]
Character = Annotated[str, Len(1, 2), Means("one character, or \\t")]

_WITHOUT_ANSWERS = {
    "test": " Leave dataset.test out, and give the file to nnfs predict, if it has no answers.",
    "validation": " Set dataset.validation to a share such as 0.1 if the file has no answers.",
}


@SOURCES.register("csv")
class CSV(Source):
    """Tables. Numbers are features, words become one-hot features or an embedding, dates become numbers.

    The training file decides which columns are what, which words there are, and which classes. What is measured of
    them, such as the number that takes the place of a missing one, is measured on the training split alone.

    Args:
        train: the file to learn from, with a header.
        target: the column to predict, by name or by index (-1 is the last); several names for several values. A number
            that is no index but the name of a column is that name.
        test: another file with these columns, or the share of rows to hold out of `train`, the same for every seed.
        validation: another file too; or the share or count to hold out of the rest of `train`.
        drop: names of columns to leave out.
        delimiter: what separates cells, \\t is a tab; if left out a tab in .tsv files and a comma in others.
        task: `auto` takes words, and up to 20 different whole numbers, for classes.
        columns: what is known of columns, such as {zip: {kind: category}, age: {missing: mean}}.
        keep: names of columns that `nnfs predict` carries into the answers; they are no features.
        decimal: what stands before the decimals of its numbers; if left out, it is found for each column.
        thousands: what parts the thousands of its numbers.
        na_values: further words, or numbers, that mean a missing cell.
        weight: the column that says how much an example counts in training, a number of at least 0; no feature.
        group: the column whose rows of one cell, such as a patient, are held out together or not at all; no feature.
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
        columns: ColumnRules | None = None,
        keep: tuple[str, ...] = (),
        decimal: Mark | None = None,
        thousands: Mark | None = None,
        na_values: tuple[str | Finite, ...] = (),
        weight: str | None = None,
        group: str | None = None,
    ):
        if isinstance(target, tuple) and len(set(target)) != max(1, len(target)):
            raise ConfigError(f"target: expected the names of different columns, got {quoted(list(target))}.")
        delimiter = "\t" if delimiter == "\\t" else delimiter
        if delimiter is not None and (len(delimiter) > 1 or delimiter in '"\r\n'):
            raise ConfigError(f"delimiter: expected a character that separates cells, got {quoted(delimiter)}.")
        if (decimal or ".") == thousands or (decimal or ".") not in ".,":
            raise ConfigError("decimal: expected '.' or ',', and another mark for thousands.")
        refuse_used_twice(weight, group, drop)
        aside = {*drop, *keep, *filter(None, (weight, group))}
        said = {name for name, rule in (columns or {}).items() if rule.implied_kind not in LEFT_OUT}
        if both := sorted(aside & said):
            raise ConfigError(f"columns: {shown(both[0])} is no feature, so nothing can be said of it. Leave it out.")
        refuse_rules_of_target(columns, target if isinstance(target, tuple) else (target,))
        self.train = train
        self.target = target
        self.test = test
        self.validation = validation
        self.drop = drop
        self.delimiter = delimiter
        self.task = task
        self.columns = columns
        self.keep = keep
        self.decimal = decimal
        self.thousands = thousands
        self.na_values = na_values
        self.weight = weight
        self.group = group
        self._beside = Beside(weight, group)
        self._surveyed: Surveyed | None = None

    def spec(self, locator: Locator) -> DataSpec:
        """Found by reading the training file, since any row may bring a new word."""
        surveyed = self._survey(locator.find(self.train))
        return facts_of(surveyed.columns, surveyed.target, surveyed.notes, surveyed.reports)

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, features), float32 or float64, NaN where a number is missing; y (N,) class numbers or (N, outputs)."""
        paths = self._paths(locator, only)
        if known is None:
            surveyed = self._taken(paths["train"])
            columns, target, notes, frame = surveyed.columns, surveyed.target, surveyed.notes, surveyed.frame
            reports = surveyed.reports
        else:
            (columns, target), notes, reports, frame = self.of_training(known), (), (), None
        read = all_told(partial(self._read, split, path, columns, target, frame) for split, path in paths.items())
        splits = {name: one for name, (one, _) in zip(paths, read, strict=True)}
        notes += tuple(note for _, of_file in read for note in of_file)
        known_of_file = {
            "columns": columns,
            "delimiter": self.separator(self.train),
            "answers": target.values,
            "keep": self.keep,
        }
        return Loaded(facts_of(columns, target, notes, reports), splits, known_of_file)

    def examine(self, locator: Locator) -> None:
        """Every row is read, and forgotten."""
        paths = self._paths(locator)
        surveyed = self._taken(paths["train"])
        frame, columns, target = surveyed.frame, surveyed.columns, surveyed.target
        all_told(partial(self._read, split, path, columns, target, frame) for split, path in paths.items())

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

    def separator(self, path: Path | str) -> str:
        """What separates the cells of a file."""
        return self.delimiter or delimiter_of(path)

    def of_training(self, known: Preparation) -> tuple[Sequence[Column], Target]:
        """The columns and the target of a training that is over.

        Raises:
            DataError: it had none, because it was on something else than a table.
        """
        if not known.columns:
            raise DataError(
                f"{shown(self.train)}: is a table, but the model was not trained on one. Give it such data."
            )
        names = self.target if isinstance(self.target, tuple) else (self.target,)
        rules = self._rules(self.train)
        target = Target(
            known.spec.targets or names,  # type: ignore[arg-type]
            known.spec.classes,
            known.answers,
            tuple(sorted(rules.missing_words)),
            rules.of((known.spec.targets or names)[0]).missing == "category",
        )
        return known.columns, target

    def _taken(self, path: Path) -> Surveyed:
        """The survey of the training file, whose cells are used up by whoever takes it."""
        surveyed, self._surveyed = self._surveyed or self._survey(path), None
        return surveyed

    def _survey(self, path: Path) -> Surveyed:
        """What the columns of the training file are, and what should be known of them."""
        rules, answers = self._rules(path), partial(self._answers, path)
        self._surveyed = survey(path, self.separator(path), self.task, rules, self._beside, answers)
        return self._surveyed

    def _rules(self, path: Path | str) -> TableRules:
        return TableRules(
            self.columns or {},
            (*self.drop, *self.keep),
            self.decimal,
            self.thousands,
            self.na_values,
            self.separator(path) == ";",
        )

    def _answers(self, path: Path, header: list[str]) -> list[str]:
        """The names of the target, once all that is named of the columns is there.

        Raises:
            DataError: some columns are not.
        """
        asked = [
            partial(self._target_positions, path, header),
            partial(positions, path, header, self.drop, "named in dataset.drop"),
            partial(positions, path, header, self.keep, "named in dataset.keep"),
            partial(positions, path, header, tuple(self.columns or ()), "named in dataset.columns"),
            partial(positions, path, header, self._beside.names, "named as dataset.weight or dataset.group"),
        ]
        names = [header[position] for position in all_told(asked)[0]]
        refuse_rules_of_target(self.columns, names, "dataset.")
        return names

    def _target_positions(self, path: Path, header: list[str]) -> list[int]:
        if isinstance(self.target, int) and -len(header) <= self.target < len(header):
            return [self.target % len(header)]
        names = self.target if isinstance(self.target, tuple) else (self.target,)
        if isinstance(self.target, int) and str(self.target) in header:
            names = (str(self.target),)
        return positions(path, header, names, THE_TARGET)

    def _read(
        self, split: str, path: Path, columns: Sequence[Column], target: Target, frame: Frame | None
    ) -> tuple[Examples, tuple[str, ...]]:
        """The examples of a file, and what should be known of it.

        Args:
            frame: of the training file, where it was read already.
        """
        if frame is not None and split == "train":
            return encode(frame, columns, target, self._beside)[0], ()
        beside, without = self._beside if split == "train" else Beside(), _WITHOUT_ANSWERS.get(split, "")
        frame = read_frame(path, self.separator(path), columns, target, beside, without)
        return encode(frame, columns, target, beside)
