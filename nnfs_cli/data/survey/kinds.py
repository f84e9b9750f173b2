"""Kinds: which kind each column of a training table is, by what is said of it and by its cells."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnfs_cli.data.cells.dates import ISO, form_of, others_than_dates, twin_of
from nnfs_cli.data.cells.gatherer import MOST_TEXTS
from nnfs_cli.data.cells.notation import (
    PLAIN,
    Notation,
    is_any_number,
    notation_of,
)
from nnfs_cli.data.survey import doubts
from nnfs_cli.data.survey.rules import LEFT_OUT, ColumnRule, TableRules, rule_for
from nnfs_cli.data.survey.seen import MOSTLY, Seen
from nnfs_cli.errors import DataError
from nnfs_cli.text import counted, flow_list, shown

_PARTS = re.compile(r"[^0-9A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_OF_AN_ID = frozenset({"id", "ids", "uuid", "guid", "index", "rowid", "rowname", "rownames"})
_SAID = "kind: "


@dataclass(frozen=True)
class Found:
    """The kind of a column.

    Attributes:
        kind: as `dataset.columns` calls it, or "constant".
        why: of a column that is left out.
        notation: of a number.
        form: of a date.
        doubt: what people should know of how it is read, a sentence without its full stop; empty if it is plain.
    """

    kind: str
    why: str = ""
    notation: Notation = PLAIN
    form: str = ISO
    doubt: str = ""

    @property
    def is_said(self) -> bool:
        """Whether somebody said that it is to be left out."""
        return self.why.startswith(_SAID)

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is learned from it."""
        return self.kind in (*LEFT_OUT, "constant")


def kind_of(seen: Seen, rules: TableRules) -> Found:
    """The kind of a column.

    Raises:
        DataError: it has a few texts among numbers, or cells that are not of the kind that is said.
    """
    rule = rules.of(seen.name)
    said = rule.implied_kind
    if said in LEFT_OUT:
        return Found(said, f"{_SAID}{said}")
    if said is None and (left := _left_out_at_once(seen)):
        return left
    if said == "category":
        return _categories(seen)
    if said == "date":
        return _date(seen.as_values(), rule) or Found("date", form=rule.format or ISO)
    values = seen.as_values()
    if (number := _number(values, rules)) or said == "number":
        return number or Found("number", notation=rules.notation or PLAIN)
    return _date(values, rule) or _words(seen)


def is_named_as_id(name: str) -> bool:
    """Whether a name is one that people give to what identifies a row: id, order_id, PassengerId, ID_Kunde."""
    parts = [part.lower() for part in _PARTS.split(name) if part]
    return bool(parts) and (parts[0] in ("id", "uuid", "guid") or parts[-1] in _OF_AN_ID)


def _left_out_at_once(seen: Seen) -> Found | None:
    """The kind of a column that says nothing of a row, or names it."""
    if not seen.present:
        return Found("constant", f"empty in all {counted(seen.rows, 'row')}")
    if seen.distinct == 1 and seen.present == seen.rows > 1:
        rounded = " in the 15 digits that a number keeps" * seen.has_too_many_digits
        return Found("constant", f"the same in every row{rounded}")
    if seen.name.startswith("Unnamed: "):
        return Found("id", "called as pandas calls the numbers of rows")
    if seen.counts_rows:
        return Found("id", "counts the rows")
    if is_named_as_id(seen.name) and seen.nearly_all_different and not np.mod(seen.values, 1).any():
        return Found("id", "its name and its cells are those of an identifier")
    return None


def _number(seen: Seen, rules: TableRules) -> Found | None:
    """The notation of a column of numbers; None if it is none.

    Raises:
        DataError: there are a few texts among its numbers.
    """
    said = rules.of(seen.name).implied_kind
    if not seen.present:
        return None
    if rules.notation is not None:
        found = _in_notation(seen, rules.notation)
        return dataclasses.replace(found, doubt="") if found and said else found
    if not seen.texts:
        return Found("number", doubt="" if said else doubts.padded(seen) or doubts.rounded(seen) or doubts.rising(seen))
    texts = seen.texts
    if notation := notation_of(texts, comma_is_decimal=rules.semicolons, beside_points=seen.has_points):
        return Found("number", notation=notation, doubt=doubts.as_read(seen, texts, notation))
    if said == "number" or seen.is_numeric:
        first = seen.got(next(iter(texts)))
        raise DataError(f"{first} among numbers{_mistake(seen, list(texts), sum(texts.values()), 'number')}")
    return None


def _in_notation(seen: Seen, notation: Notation) -> Found | None:
    """A column of numbers in the notation that is said of the table; None if it is none.

    Raises:
        DataError: there are a few other texts among its numbers, or numbers in other notations.
    """
    others = [text for text in seen.words if notation.number(text) is None]
    count = sum(seen.words[text] for text in others)
    if count and (seen.present > (1 + MOSTLY) * count or all(map(is_any_number, others))):
        raise DataError(f"{seen.got(others[0])} among {notation}{_mistake(seen, others, count, 'number')}")
    if count:
        return None
    return Found("number", notation=notation, doubt=doubts.padded(seen) or doubts.rounded(seen))


def _mistake(seen: Seen, texts: Sequence[str], count: int, kind: str) -> str:
    """How a sentence ends on a few texts of a column of another kind."""
    others = "" if count == 1 else f", the first of {count:,} such cells"
    return (
        f"{others}. Fix it, set dataset.na_values: {flow_list(texts[:3])} if it means a missing {kind}, or "
        f"{rule_for(seen.name, 'kind', 'category')} if these are words."
    )


def _date(seen: Seen, rule: ColumnRule) -> Found | None:
    """The form of a column of dates; None if it is none.

    Raises:
        DataError: there are a few other texts among its dates.
    """
    if rule.format is not None:
        return Found("date", form=rule.format)
    texts = seen.texts
    if seen.numbers or not texts:
        return None
    if (form := form_of(texts)) is None:
        if others := others_than_dates(texts):
            count = sum(texts[text] for text in others)
            raise DataError(f"{seen.got(others[0])} among dates{_mistake(seen, others, count, 'date')}")
        return None
    if (twin := twin_of(texts, form)) is None:
        return Found("date", form=form, doubt=doubts.doubtful_dates(seen, list(texts), form))
    rule = rule_for(seen.name, "format", f"'{twin}'")
    doubt = f"{seen.got(next(iter(texts)))}: read as {form}, the month first. Set {rule} if the day comes first"
    return Found("date", form=form, doubt=doubt)


def _categories(seen: Seen) -> Found:
    """What is said to be categories.

    Raises:
        DataError: there are too many different ones.
    """
    if seen.has_more:
        drop = f"dataset.drop: {flow_list([seen.name])}"
        raise DataError(
            f"{seen.where}: column '{shown(seen.name)}': has over {MOST_TEXTS:,} different words. "
            f"Leave it out with {drop}."
        )
    if not seen.nearly_all_different:
        return Found("category")
    rule = rule_for(seen.name, "kind", "ignore")
    few = f"{seen.distinct:,} different words in {seen.present:,} cells, of which little can be learned"
    return Found("category", doubt=f"{seen.where}: column '{shown(seen.name)}': {few}. {rule} leaves it out")


def _words(seen: Seen) -> Found:
    """The kind of a column of words: categories, or texts that are nearly all different."""
    if seen.nearly_all_different:
        if is_named_as_id(seen.name):
            return Found("id", "its name and its cells are those of an identifier")
        return Found("text", "nearly all different, like names", doubt=doubts.differing(seen))
    if seen.has_more:
        return Found("text", f"over {MOST_TEXTS:,} different texts")
    if 2 * seen.numbers > seen.present:
        doubt = f"{seen.got(next(iter(seen.texts)))} among {seen.numbers:,} numbers: all of them are taken for words"
        return Found("category", doubt=doubt)
    return Found("category", doubt=doubts.differing(seen))
