"""Answers: whether the target of a training table is classes or values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.data.cells.notation import PLAIN, Notation, is_number, notation_of
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.survey.rules import TableRules
from nnfs_cli.data.survey.seen import FEW, Seen
from nnfs_cli.data.tables.targets import MAY_BE_CLASSES, Target, Task, whole
from nnfs_cli.errors import DataError, all_told
from nnfs_cli.text import listed, quoted, shown

MOST_CLASSES = 1000
MOST_NUMBERED_CLASSES = FEW
_IF_CLASSES = "set dataset.task: classification if these are classes"
_PLAINLY = "Write plain numbers such as 1234.5"


@dataclass(frozen=True, eq=False)
class Asked:
    """A column to predict, as it was read.

    Attributes:
        seen: with plain numbers as numbers.
        words: every cell as it is written, as far as there are few different ones.
    """

    seen: Seen
    words: Cells

    @cached_property
    def values(self) -> Seen:
        """The cells, taken for values."""
        return self.seen.as_values()

    def labels(self, rules: TableRules) -> list[str]:
        """The different texts, without those that mean a missing answer."""
        texts, own = self.words.texts, rules.missing_words
        if rules.of(self.seen.name).missing == "category":
            return [text for text in texts if text.strip()]
        return [text for text in texts if text.strip().lower() in MAY_BE_CLASSES or not is_missing(text, own)]


def decide_target(where: str, asked: Sequence[Asked], task: Task, rules: TableRules) -> tuple[Target, tuple[str, ...]]:
    """Classes or values? With `auto`: words, and up to 20 different whole numbers, are classes.

    Returns:
        The target, and what people should know of how it is read.

    Raises:
        DataError: the columns do not suit the task.
    """
    if len(asked) > 1 and task == "classification":
        names = listed([one.seen.name for one in asked])
        raise DataError(
            f"{where}: target {names}: expected one column for classification. Choose one, or another task."
        )
    if len(asked) > 1 or task == "regression" or (task == "auto" and _are_values(asked[0], rules)):
        read = all_told(partial(_values, one, rules, several=len(asked) > 1) for one in asked)
        numbers = tuple(number for number, _ in read)
        target = Target(
            tuple(number.name for number in numbers),
            None,
            numbers,
            otherwise=_if_classes(asked[0], rules) if task == "auto" and len(asked) == 1 else "",
            constant=tuple(filter(None, map(_constant, asked))),
        )
        return target, tuple(note for _, note in read if note)
    (one,) = asked
    classes = _classes(where, one, rules)
    target = Target(
        (one.seen.name,),
        classes,
        na_values=tuple(sorted(rules.missing_words)),
        missing_is_a_class=rules.of(one.seen.name).missing == "category",
        otherwise=_if_values(one, classes) if task == "auto" else "",
    )
    return target, _doubts(one, classes)


def _are_values(one: Asked, rules: TableRules) -> bool:
    """Whether a column holds values, where nothing is said: numbers, unless they are few whole ones."""
    seen, labels, said = one.values, one.labels(rules), rules.of(one.seen.name).implied_kind
    if said in ("number", "category"):
        return said == "number"
    if not seen.texts:
        return seen.distinct > MOST_NUMBERED_CLASSES or seen.has_decimals
    if (notation := _notation(seen, rules)) is not None:
        are_whole = (float(notation.number(text)).is_integer() for text in seen.texts)
        return seen.has_decimals or len(labels) > MOST_NUMBERED_CLASSES or not all(are_whole)
    few = sum(seen.texts.values()) < seen.numbers and seen.distinct - len(seen.texts) > MOST_NUMBERED_CLASSES
    return seen.is_numeric or few


def _notation(seen: Seen, rules: TableRules) -> Notation | None:
    texts = seen.texts
    if rules.notation is not None:
        return rules.notation if all(rules.notation.number(text) is not None for text in seen.words) else None
    if not texts:
        return PLAIN
    return notation_of(texts, comma_is_decimal=rules.semicolons, beside_points=seen.has_points)


def _values(one: Asked, rules: TableRules, *, several: bool) -> tuple[Number, str]:
    """How the cells of a column of values are read, and what people should know of that.

    Raises:
        DataError: some are no numbers.
    """
    seen, notation = one.values, _notation(one.values, rules)
    if notation is None:
        first = seen.got(next(iter(seen.texts)))
        otherwise = "choose other columns" if several else _IF_CLASSES
        among = f" among {seen.numbers:,} numbers" if seen.numbers else ", expected numbers"
        raise DataError(f"{first}{among}. Write numbers only, or {otherwise}.")
    number = Number(
        seen.name,
        decimal=notation.decimal,
        thousands=notation.thousands,
        unit=notation.unit,
        na_values=tuple(sorted(rules.missing_words)),
    )
    if notation == PLAIN or rules.notation is not None:
        return number, ""
    first = next(iter(seen.texts))
    return number, f"{seen.got(first)}: {notation.told(first)}"


def _constant(one: Asked) -> tuple[str, float] | None:
    """A column of plain numbers that are the same in all of two rows or more, and that number."""
    values = one.values.values
    same = len(values) == one.values.present > 1 and values.min() == values.max()
    return (one.seen.name, float(values[0])) if same else None


def _if_classes(one: Asked, rules: TableRules) -> str:
    """How values could be classes: what to set then; empty where they could not."""
    labels = one.labels(rules)
    are_numbers = None not in map(whole, labels)
    if len(labels) > MOST_CLASSES or not (are_numbers or one.values.texts):
        return ""
    what = "whole numbers" if are_numbers else "texts"
    return f"set dataset.task: classification if its {len(labels):,} {what} are classes"


def _if_values(one: Asked, classes: Sequence[str]) -> str:
    """How classes could be values: what to set then; empty where they could not."""
    if None not in map(whole, classes):
        return "set dataset.task: regression if its whole numbers are values"
    if notation := notation_of(classes, comma_is_decimal=False):
        return f"set dataset.task: regression if its texts, {notation}, are values"
    return ""


def _doubts(one: Asked, classes: Sequence[str]) -> tuple[str, ...]:
    seen = one.seen
    if len(classes) > FEW and seen.present < 2 * len(classes):
        first = seen.got(classes[0]) if classes[0] in seen.counts else f"{seen.where}: column '{shown(seen.name)}'"
        return (f"{first}, nearly all different, like names: {len(classes):,} classes. Choose another target",)
    if seen.texts and (notation := notation_of(classes, comma_is_decimal=False)) and notation != PLAIN:
        first = next(iter(seen.texts))
        return (
            f"{seen.got(first)}, which look like {notation}: taken for {len(classes):,} classes. {_PLAINLY} if not",
        )
    return ()


def _classes(where: str, one: Asked, rules: TableRules) -> tuple[str, ...]:
    """The classes of a column.

    Raises:
        DataError: its cells are neither words nor whole numbers, or too many different ones.
    """
    labels = one.labels(rules)
    wholes = [whole(label) for label in labels]
    if 0 < len(labels) <= MOST_CLASSES and None not in wholes:
        return tuple(sorted(labels, key=lambda label: (whole(label), label)))
    if 0 < len(labels) <= MOST_CLASSES and not all(map(is_number, labels)):
        return tuple(sorted(labels))
    values = "" if one.seen.texts else ", or set dataset.task: regression"
    raise DataError(
        f"{where}: target {shown(one.seen.name)}: expected up to {MOST_CLASSES:,} words or whole numbers "
        f"as classes, got {f'such as {quoted(min(labels))}' if labels else 'no answer at all'}. "
        f"Choose another target{values}."
    )
