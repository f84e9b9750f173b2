"""Number: a column of numbers, in whatever notation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer, Parse
from nnfs_cli.data.cells.missing import is_no_number
from nnfs_cli.data.cells.notation import PLAIN, Mark, Notation, Unit, is_number
from nnfs_cli.data.columns.base import Column, Feature, Scaling, cell_shown
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Finite
from nnfs_cli.registry import COLUMNS
from nnfs_cli.text import shown

MissingNumber = Literal["mean", "median", "constant", "error"]


@COLUMNS.register("number")
@dataclass(frozen=True)
class Number(Column):
    """The number itself and, where some were missing in training, a feature that is 1 for a missing one, else 0.

    Args:
        missing: what takes the place of a missing number: the mean or the median of the training split, or `fill`;
            error refuses it.
        indicator: whether there is the second feature, MissingIndicator in scikit-learn.
        decimal, thousands, unit: the notation.
        standardize: as the key of a configuration; None does as the whole table does.
    """

    name: str
    missing: MissingNumber = "median"
    fill: Finite = 0.0
    indicator: bool = False
    decimal: Mark = "."
    thousands: Mark | None = None
    unit: Unit | None = None
    standardize: Scaling | None = None
    na_values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        mark = self.thousands or " "
        if self.decimal not in ".," or mark == self.decimal or mark.isalnum() or mark in "+-":
            raise ConfigError(f"number: {self.decimal!r} and {self.thousands!r} cannot mark decimals and thousands")

    @cached_property
    def notation(self) -> Notation:
        """How its numbers are written."""
        return Notation(self.decimal, self.thousands, self.unit)

    @property
    def is_unusual(self) -> bool:
        """Whether its cells are read in another way than plain numbers are."""
        return self.notation != PLAIN or any(map(is_number, self.na_values))

    @property
    def features(self) -> tuple[Feature, ...]:
        name = f"column '{shown(self.name)}'"
        fill = self.missing if self.missing in ("mean", "median") else self.fill
        return (Feature(name, fill, self.standardize), *[Feature(f"{name} is missing", is_told=False)] * self.indicator)

    def means_missing(self, text: str) -> bool:
        return is_no_number(text, self.own_missing) or self._is_named_missing(self.notation.number(text))

    @property
    def parse(self) -> Parse:
        """What makes a number of a cell; None of one that is none, or means a missing one."""
        return self._parse if self.is_unusual else PLAIN.number

    def gatherer(self) -> Gatherer:
        return Gatherer(self.parse)

    def encode(self, cells: Cells, out: Array) -> None:
        out[:, 0] = cells.values(self.parse)
        if self.indicator:
            out[:, 1] = np.isnan(out[:, 0])

    def refused(self, cells: Cells) -> dict[str, str]:
        refused, number = dict[str, str](), str(self.notation).replace("numbers", "number").removeprefix("plain ")
        for text in cells.texts:
            if self.missing == "error" or not self.means_missing(text):
                beyond = self.notation.number(text) is not None
                refused[text] = f"expected a {'finite ' * beyond}{number}, got {cell_shown(text)}"
        return refused

    def remarks(self, cells: Cells) -> dict[str, str]:
        if self.indicator:
            return {}
        taken = f"{self.fill:g}" if self.missing == "constant" else f"the {self.missing}"
        return {text: f"{told}, {taken} is taken" for text, told in self.missing_in(cells).items()}

    def becomes(self) -> str:
        filled = f"{self.missing if self.missing != 'constant' else f'{self.fill:g}'} where missing"
        return f"1 number, {filled}, and whether it is missing" if self.indicator else "1 number"

    def _parse(self, text: str) -> float | None:
        value = self.notation.number(text)
        return None if self._is_named_missing(value) else value

    def _is_named_missing(self, value: float | None) -> bool:
        """Whether `na_values` name this number, in whatever notation the cell has it."""
        return value is not None and bool(self.own_missing) and repr(value) in self.own_missing
