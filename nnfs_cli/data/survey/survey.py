"""Survey: the training table, read once for what its columns are, then again where their cells mean something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.notation import PLAIN
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.spec import ColumnReport
from nnfs_cli.data.survey.answers import Asked, decide_target
from nnfs_cli.data.survey.kinds import Found, kind_of
from nnfs_cli.data.survey.made import made, read_again
from nnfs_cli.data.survey.report import left_out, missing_words, nearly_constant, notes_on, report_of
from nnfs_cli.data.survey.rules import TableRules
from nnfs_cli.data.survey.seen import Seen
from nnfs_cli.data.tables.beside import Beside
from nnfs_cli.data.tables.encoded import Frame, no_rows, unanswered
from nnfs_cli.data.tables.frame import gather
from nnfs_cli.data.tables.table import counts_up
from nnfs_cli.data.tables.targets import Target, Task
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import sentence

NamesIn = Callable[[list[str]], list[str]]


@dataclass(frozen=True, eq=False)
class Surveyed:
    """What a training table is.

    Attributes:
        columns: what becomes features, in the order of the file.
        target: what is to be predicted.
        reports: of every column that is looked at, in the order of the file.
        notes: what people should know.
        frame: its cells, as the columns take them.
    """

    columns: tuple[Column, ...]
    target: Target
    reports: tuple[ColumnReport, ...]
    notes: tuple[str, ...]
    frame: Frame


def survey(path: Path, delimiter: str, task: Task, rules: TableRules, beside: Beside, answers_in: NamesIn) -> Surveyed:
    """Look at a training table.

    Args:
        beside: columns that say something of an example and are no features.
        answers_in: the names of the target in a header.

    Raises:
        DataError: columns are not there, rows cannot be read, or cells cannot be used; all that is wrong at once.
    """
    survey = Survey(path, delimiter, rules, beside)
    damage = survey.look(answers_in)
    if not len(survey.lines):
        raise DataError(*damage) if damage else no_rows(path)
    return survey.judged(task, damage)


class Survey:
    """The columns of a file, once they are looked at.

    Args:
        path: of the file.
        rules: what is said of its columns.
        beside: columns that are no features.
    """

    lines: Array

    def __init__(self, path: Path, delimiter: str, rules: TableRules, beside: Beside):
        self.path, self.delimiter, self.rules = path, delimiter, rules
        self._beside = dict(zip(beside.names, beside.gatherers(), strict=True))
        self.header: list[str] = []
        self._features, self._numbers, self._words = dict[str, Gatherer](), dict[str, Gatherer](), dict[str, Gatherer]()

    def look(self, answers_in: NamesIn) -> tuple[str, ...]:
        """Read the file; what is wrong with rows that cannot be read."""

        def choose(header: list[str]) -> list[tuple[int, Gatherer]]:
            self.header, names = header, answers_in(header)
            others = [name for name in header if name not in {*names, *self.rules.dropped, *self._beside}]
            if not others:
                raise self._nothing_left()
            said = self.rules.notation or PLAIN
            words = tuple(self.rules.missing_words)
            parse = Number("", decimal=said.decimal, thousands=said.thousands, na_values=words).parse
            self._features = {name: Gatherer(parse, undecided=True) for name in others}
            self._numbers = {name: Gatherer(parse) for name in names}
            self._words = {name: Gatherer(None) for name in names}
            parts = (self._features, self._numbers, self._words, self._beside)
            return [wanted for each in parts for wanted in self._placed(each)]

        self.lines, damage = gather(self.path, self.delimiter, choose)
        return damage

    def judged(self, task: Task, damage: Sequence[str]) -> Surveyed:
        """What becomes of the columns.

        Raises:
            DataError: cells cannot be used, or rows are damaged.
        """
        features = [self._seen(name, gatherer) for name, gatherer in self._features.items()]
        asked = [
            Asked(self._seen(name, gatherer), self._words[name].cells()) for name, gatherer in self._numbers.items()
        ]
        attempts = [partial(decide_target, str(self.path), asked, task, self.rules)]
        attempts += [partial(kind_of, seen, self.rules) for seen in features]
        _, (target, of_target), *found = all_told([partial(_refuse, damage), *attempts])
        are_values = (one.kind in ("number", "date") for one in found)
        features = [seen.as_values() if values else seen for seen, values in zip(features, are_values, strict=True)]
        columns, cells = self._columns(features, found)
        kept = tuple(columns.values())
        frame = Frame(
            self.path,
            self.lines,
            [cells[column.name] for column in kept],
            self._answers(asked, target),
            others=[gatherer.cells() for gatherer in self._beside.values()],
        )
        reports = self._reports(features, found, columns, asked, target)
        told = (*self._notes(features, found, columns, reports), *of_target, *unanswered(frame, target))
        ordered = tuple(reports[name] for name in self.header if name in reports)
        return Surveyed(kept, target, ordered, (*told, *target.notes()), frame)

    def _columns(
        self, features: Sequence[Seen], found: Sequence[Found]
    ) -> tuple[Mapping[str, Column], Mapping[str, Cells]]:
        """The columns that features are made of, and the cells of each as it takes them."""
        kept = {seen.name: (seen, one) for seen, one in zip(features, found, strict=True) if not one.is_left_out}
        if not kept:
            raise self._nothing_left(left_out(features, found))
        again = {name: read_again(one, self._features[name], self.rules) for name, (_, one) in kept.items()}
        cells = {name: seen.cells for name, (seen, _) in kept.items()} | self._gathered(again)
        columns = all_told(partial(made, one, seen, cells[name], self.rules) for name, (seen, one) in kept.items())
        return dict(zip(kept, columns, strict=True)), cells

    def _answers(self, asked: Sequence[Asked], target: Target) -> list[Cells]:
        """The cells of the target as it takes them."""
        if target.classes is not None:
            return [one.words for one in asked]
        again = {value.name: value.gatherer() if value.is_unusual else None for value in target.values}
        return [*({one.seen.name: one.seen.cells for one in asked} | self._gathered(again)).values()]

    def _reports(
        self,
        features: Sequence[Seen],
        found: Sequence[Found],
        columns: Mapping[str, Column],
        asked: Sequence[Asked],
        target: Target,
    ) -> dict[str, ColumnReport]:
        what = "values" if target.classes is None else f"{len(target.classes):,} classes"
        notations = [value.notation for value in target.values] or [PLAIN]
        reports = {
            one.seen.name: report_of(one.seen, Found("target", notation=notation), what, target.classes or ())
            for one, notation in zip(asked, notations, strict=True)
        }
        for seen, one in zip(features, found, strict=True):
            becomes = columns[seen.name].becomes() if seen.name in columns else f"left out: {one.why}"
            column = columns.get(seen.name)
            words = [word for word in column.categories if word] if isinstance(column, Category) else []
            reports[seen.name] = report_of(seen, one, becomes, words)
        return reports

    def _notes(
        self,
        features: Sequence[Seen],
        found: Sequence[Found],
        columns: Mapping[str, Column],
        reports: Mapping[str, ColumnReport],
    ) -> list[str]:
        unsaid = left_out(features, found)
        told = [f"{self.path}: {unsaid}"] if unsaid else []
        for seen, one in zip(features, found, strict=True):
            told += notes_on(seen, one, columns.get(seen.name))
        if words := missing_words(features, columns):
            told.append(f"{self.path}: {words}")
        if same := nearly_constant(features, columns):
            told.append(f"{self.path}: {same}")
        if counts_up(self.header):
            told.append(f"{self.path}: the first row, {', '.join(self.header[:3])}, ..., is taken for a header")
        return told

    def _gathered(self, wanted: Mapping[str, Gatherer | None]) -> dict[str, Cells]:
        """The cells of those columns that are to be read again."""
        again = {name: gatherer for name, gatherer in wanted.items() if gatherer is not None}
        if again:
            gather(self.path, self.delimiter, lambda _: self._placed(again))
        return {name: gatherer.cells() for name, gatherer in again.items()}

    def _placed(self, gatherers: Mapping[str, Gatherer]) -> list[tuple[int, Gatherer]]:
        places = {name: place for place, name in enumerate(self.header)}
        return [(places[name], gatherer) for name, gatherer in gatherers.items()]

    def _seen(self, name: str, gatherer: Gatherer) -> Seen:
        return Seen(str(self.path), name, gatherer.cells(), self.lines, self.rules.missing_words, gatherer.padded)

    def _nothing_left(self, why: str = "") -> DataError:
        why = sentence(why) if why else "Drop fewer columns"
        return DataError(f"{self.path}: no column is left to learn from. {why}.")


def _refuse(lines: Sequence[str]) -> None:
    if lines:
        raise DataError(*lines)
