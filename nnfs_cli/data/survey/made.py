"""Made: a column of features, from its kind, its cells and what is said of it."""

from __future__ import annotations

import dataclasses

import numpy as np

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import is_missing
from nnfs_cli.data.cells.notation import PLAIN
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.columns.category import MISSING, Category, Encoding
from nnfs_cli.data.columns.date import DAY, Date
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.survey.kinds import Found
from nnfs_cli.data.survey.rules import ColumnRule, TableRules
from nnfs_cli.data.survey.seen import Seen
from nnfs_cli.errors import DataError
from nnfs_cli.text import listed, shown

FEW_WORDS = 40
"""So many words and more are embedded: the limit of TableVectorizer in skrub."""


def read_again(found: Found, first: Gatherer, rules: TableRules) -> Gatherer | None:
    """What takes the cells of a column in once more, where they mean something else than they were first read for."""
    words = tuple(sorted(rules.missing_words))
    match found.kind:
        case "category":
            return None if first.keeps_texts else Gatherer(None)
        case "date":
            return Date("", found.form, na_values=words).gatherer()
        case "number" if found.notation != PLAIN or first.keeps_texts:
            return Number("", **_notation(found), na_values=words).gatherer()
    return None


def made(found: Found, seen: Seen, cells: Cells, rules: TableRules) -> Column:
    """The column.

    Args:
        cells: as they were read for their kind.

    Raises:
        DataError: words are none of the order that is said.
    """
    rule, words = rules.of(seen.name), tuple(sorted(rules.missing_words))
    match found.kind:
        case "category":
            return _category(rule, seen, cells, rules)
        case "date":
            cycles = ("year", "week", "day") if np.mod(cells.numbers, DAY).any() else ("year", "week")
            missing = rule.missing or "median"
            date = Date(seen.name, found.form, cycles, missing, standardize=rule.standardize, na_values=words)
            return _with_indicator(date, cells)
    number = Number(
        seen.name,
        missing=rule.missing or "median",  # type: ignore[arg-type]
        fill=rule.fill or 0.0,
        **_notation(found),
        standardize=rule.standardize,
        na_values=words,
    )
    return _with_indicator(number, cells)


def _with_indicator(column: Number | Date, cells: Cells) -> Column:
    """The column with a feature that says whether a cell is missing, if some are."""
    missing = column.missing != "error" and bool(column.missing_in(cells))
    return dataclasses.replace(column, indicator=missing)


def _notation(found: Found) -> dict:
    return {"decimal": found.notation.decimal, "thousands": found.notation.thousands, "unit": found.notation.unit}


def _category(rule: ColumnRule, seen: Seen, cells: Cells, rules: TableRules) -> Category:
    _refuse_keys_of_numbers(rule, seen)
    own = rules.missing_words
    words = [text for text in cells.texts if not is_missing(text, own)]
    order = rule.order or ()
    missing = [MISSING] * (rule.missing != "error" and bool({*cells.texts} - {*words, *order}))
    if order and (others := sorted({*words} - {*order})):
        key = f"dataset.columns.{shown(seen.name)}.order"
        raise DataError(f"{seen.got(others[0])}, which {key} lacks: {listed(order)}. Add it.")
    categories = (*missing, *(order or sorted(words)))
    if not categories:
        raise DataError(f"{seen.where}: column '{shown(seen.name)}': is empty. Leave it out.")
    return Category(
        seen.name,
        categories,
        _encoding(rule, len(categories)),
        "error" if rule.missing == "error" else "category",
        tuple(sorted(own)),
    )


def _refuse_keys_of_numbers(rule: ColumnRule, seen: Seen) -> None:
    """Refuse what cannot be said of words.

    Raises:
        DataError: something is.
    """
    said = {"missing": rule.missing if rule.missing in ("mean", "median", "constant") else None}
    said["standardize"] = rule.standardize if rule.encode != "ordinal" else None
    for key, value in said.items():
        if value is not None:
            where = f"dataset.columns.{shown(seen.name)}.{key}"
            raise DataError(f"{seen.where}: {where}: {value} is of numbers, the column holds words. Leave it out.")


def _encoding(rule: ColumnRule, count: int) -> Encoding:
    if rule.encode is not None:
        return rule.encode
    if count < FEW_WORDS:
        return "binary" if count == 2 else "onehot"
    return "embedding"
