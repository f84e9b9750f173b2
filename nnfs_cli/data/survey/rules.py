"""Rules: what a configuration says of the columns of a table and of how its cells are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from nnfs_cli.data.cells.dates import is_form
from nnfs_cli.data.cells.missing import as_compared
from nnfs_cli.data.cells.notation import PLAIN, Mark, Notation
from nnfs_cli.data.columns.base import Scaling
from nnfs_cli.data.columns.category import Categories
from nnfs_cli.data.columns.date import Form
from nnfs_cli.errors import ConfigError
from nnfs_cli.parameters import Finite, Means
from nnfs_cli.registry import checked
from nnfs_cli.text import flow_list, quoted, shown

Kind = Literal["number", "category", "date", "text", "id", "ignore"]
Missing = Literal["mean", "median", "constant", "category", "error"]
Encode = Literal["onehot", "embedding", "ordinal"]
LEFT_OUT = ("text", "id", "ignore")
_MISSING_OF = {
    "number": ("mean", "median", "constant", "error"),
    "category": ("category", "error"),
    "date": ("mean", "median", "error"),
}
_KEYS_OF = {"encode": "category", "order": "category", "fill": "number", "format": "date"}


@checked("column")
@dataclass(frozen=True)
class ColumnRule:
    """What is said of one column; what is not said is found in the training file.

    Args:
        kind: number, category, date; or text, id, ignore, which are left out.
        missing: of a number mean, median (usual), constant (see `fill`) or error; of a category category (usual) or
            error; of a date mean, median (usual) or error.
        encode: of a category onehot (usual below 40 words), embedding (usual from 40 on) or ordinal.
        standardize: of a number, a date or an ordinal category, where it differs from `dataset.standardize`.
        fill: the number that takes the place of a missing one with `missing: constant`.
        format: of a date, such as "%d.%m.%Y", or iso.
        order: the words of a category in their order, for `encode: ordinal`.
    """

    kind: Kind | None = None
    missing: Missing | None = None
    encode: Encode | None = None
    standardize: Scaling | None = None
    fill: Finite | None = None
    format: Form | None = None
    order: Categories | None = None

    def __post_init__(self) -> None:
        kind = self.implied_kind
        for key, of in _KEYS_OF.items():
            if getattr(self, key) is not None and kind != of:
                raise ConfigError(f"{key}: is of a {of}, this is a {kind}. Set kind: {of}, or leave it out.")
        if kind in LEFT_OUT and (self.missing or self.standardize is not None):
            raise ConfigError(f"kind: {kind} is left out, so nothing else can be said of it.")
        if kind in _MISSING_OF and self.missing not in (None, *_MISSING_OF[kind]):
            raise ConfigError(f"missing: expected {', '.join(_MISSING_OF[kind])} for a {kind}, got '{self.missing}'.")
        if self.order is not None and self.encode != "ordinal":
            raise ConfigError("order: is that of encode: ordinal. Set it, or leave the order out.")
        if self.format is not None and not is_form(self.format):
            raise ConfigError(f"format: expected iso, or a form such as %d.%m.%Y, got {quoted(self.format)}.")
        if self.order is not None and len(set(self.order)) < len(self.order):
            raise ConfigError(f"order: expected different words, got {quoted(list(self.order))}.")
        if (self.fill is None) != (self.missing != "constant"):
            raise ConfigError("fill and missing: constant belong together. Give both, or none.")

    @property
    def implied_kind(self) -> Kind | None:
        """The kind, or the only one that has the keys that are given; None if any may be meant."""
        if self.kind is not None:
            return self.kind
        given = (of for key, of in _KEYS_OF.items() if getattr(self, key) is not None)
        by_missing = {"category": "category", "constant": "number"}.get(self.missing or "")
        return next(given, by_missing)  # type: ignore[arg-type]


ColumnRules = Annotated[dict[str, ColumnRule], Means("the names of columns, each with keys such as {kind: category}")]
ANY = ColumnRule()


def rule_for(name: str, key: str, value: str) -> str:
    """What a message advises to write for a column, such as "dataset.columns: {zip: {kind: category}}"."""
    return f"dataset.columns: {{{flow_list([name])[1:-1]}: {{{key}: {value}}}}}"


_OF_TARGET = (
    *(ColumnRule(kind) for kind in (None, "number", "category")),
    *(ColumnRule(kind, "category") for kind in (None, "category")),
)


def refuse_used_twice(weight: str | None, group: str | None, drop: Sequence[str]) -> None:
    """Refuse a column that is to be two things.

    Raises:
        ConfigError: there is one.
    """
    for key, name in (("weight", weight), ("group", group)):
        if name is not None and (name in drop or weight == group):
            other = "left out by drop" if name in drop else "both weight and group"
            raise ConfigError(f"{key}: {quoted(name)} is {other}. Choose one.")


def refuse_rules_of_target(rules: Mapping[str, ColumnRule] | None, names: Iterable[str | int], where: str = "") -> None:
    """Refuse to say of a target what only a feature can be.

    Args:
        where: the section that the rules stand in, with a point behind it.

    Raises:
        ConfigError: somebody does.
    """
    for name in names:
        rule = (rules or {}).get(str(name), ANY)
        if rule not in _OF_TARGET:
            raise ConfigError(
                f"{where}columns: {shown(str(name))} is the target, of which only kind: number, kind: category or "
                "missing: category can be said. Leave the rest out."
            )


@dataclass(frozen=True)
class TableRules:
    """All that is said of a table.

    Attributes:
        columns: the rule of a column, by its name.
        dropped: names of columns that are left out already.
        decimal, thousands: the notation of its numbers, where it is given.
        na_values: further words and numbers that mean a missing cell.
        semicolons: whether these separate cells, so that a comma is a decimal one.
    """

    columns: Mapping[str, ColumnRule] = dataclasses.field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    decimal: Mark | None = None
    thousands: Mark | None = None
    na_values: tuple[str | float, ...] = ()
    semicolons: bool = False

    def of(self, name: str) -> ColumnRule:
        """What is said of a column."""
        return self.columns.get(name, ANY)

    @cached_property
    def missing_words(self) -> frozenset[str]:
        """`na_values` as they are compared."""
        return as_compared(self.na_values)

    @cached_property
    def notation(self) -> Notation | None:
        """The notation that is given; None if it is to be found for each column."""
        if self.decimal is None and self.thousands is None:
            return None
        return Notation(self.decimal or PLAIN.decimal, self.thousands)
