"""Target: what the rows of a table are to be mapped to, classes or values."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import Gatherer
from nnfs_cli.data.cells.missing import AMONG_NUMBERS, is_missing
from nnfs_cli.data.cells.notation import is_number
from nnfs_cli.data.columns.base import cell_shown
from nnfs_cli.data.columns.number import Number
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.text import listed, quoted, shown

Task = Annotated[
    Literal["auto", "classification", "regression"],
    Means("'auto', 'classification' or 'regression', as tables cannot be reconstructed"),
]
MAY_BE_CLASSES = frozenset({"none"})
"""Words that mean a missing cell elsewhere and as often a class."""


@dataclass(frozen=True)
class Target:
    """The columns to predict.

    Attributes:
        names: of the columns; several are values each.
        classes: the different texts as they are written, words in alphabetical order, whole numbers in ascending order;
            None for values.
        values: how the cells of each column of values are read; empty for classes.
        na_values: words that mean a missing class, beside the usual ones, as `as_compared` gives them.
        missing_is_a_class: whether such a word is a class like others.
        otherwise: how its cells could be meant instead, and what to set then.
        constant: the number that stands in every row of a column of values, by its name.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...] | None
    values: tuple[Number, ...] = ()
    na_values: tuple[str, ...] = ()
    missing_is_a_class: bool = False
    otherwise: str = ""
    constant: tuple[tuple[str, float], ...] = ()

    @property
    def outputs(self) -> int:
        """The number of classes or of values."""
        return len(self.names if self.classes is None else self.classes)

    def gatherers(self) -> list[Gatherer]:
        """What takes the cells of each column in, for `encode`."""
        return [value.gatherer() for value in self.values] or [Gatherer(None)]

    def lacking(self, answers: Sequence[Cells]) -> Array:
        """Which rows have no answer, (n,) bool."""
        missing = np.zeros(len(answers[0]), bool)
        for position, cells in enumerate(answers):
            codes = [code for code, text in enumerate(cells.texts) if self._means_missing(position, text)]
            missing |= np.isin(cells.codes, codes)
        return missing

    def encode(self, answers: Sequence[Cells]) -> Array:
        """(n,) int64 class numbers or (n, outputs) float64 values, of rows that have an answer and are not refused."""
        if self.classes is not None:
            (cells,) = answers
            return cells.places({text: place for text in cells.texts if (place := self._place(text)) is not None}, 0)
        y = np.empty((len(answers[0]), len(self.values)))
        for column, value, cells in zip(y.T, self.values, answers, strict=True):
            value.encode(cells, column[:, None])
        return y

    def refused(self, position: int, cells: Cells) -> dict[str, str]:
        """Why cells of a column are no answers of this kind, by their text."""
        if self.classes is None:
            return self.values[position].refused(cells)
        expected = f"expected one of {listed(self.classes)}"
        wrong = (text for text in cells.texts if self._place(text) is None and not self._means_missing(position, text))
        return {text: f"{expected}, got {cell_shown(text)}" for text in wrong}

    def notes(self) -> Iterator[str]:
        """What people should know of classes that are nearly the same or may mean a missing answer; of constants."""
        classes, where = self.classes or (), f"target '{shown(self.names[0])}'"
        for names in twins(classes):
            yield f"{where}: {', '.join(map(quoted, names))} are different classes, as written"
        for name in classes:
            if name.strip().lower() in AMONG_NUMBERS:
                yield f"{where}: {quoted(name)} is a class. Remove its rows if it means that the answer is missing"
        for column, value in self.constant:
            yield f"target '{shown(column)}': is {value:g} in every row: nothing can be learned. Choose another target"

    def _means_missing(self, position: int, text: str) -> bool:
        if self.classes is None:
            return self.values[position].means_missing(text)
        if not text.strip():
            return True
        return not self.missing_is_a_class and text not in self.classes and is_missing(text, frozenset(self.na_values))

    def _place(self, text: str) -> int | None:
        """The class that a text means; a number that is none means the only class that equals it: 3 for 3.0."""
        places = self._places
        return places.get(text, places.get(self._equal.get(whole(text), text)))

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.classes or ())}

    @functools.cached_property
    def _equal(self) -> dict[int | None, str]:
        """The class that a whole number means, where no two classes are the same number."""
        numbers = [(whole(name), name) for name in self.classes or ()]
        often = Counter(number for number, _ in numbers)
        return {number: name for number, name in numbers if number is not None and often[number] == 1}


def twins(names: Sequence[str]) -> list[list[str]]:
    """Names that are the same number, or the same word but for blanks, case and the composition of letters."""
    alike: dict[int | str, list[str]] = {}
    for name in names:
        number = whole(name)
        word = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
        alike.setdefault(word if number is None else number, []).append(name)
    return [same for same in alike.values() if len(same) > 1]


def whole(cell: str) -> int | None:
    """The whole number that a cell means; None for any other cell."""
    return int(float(cell)) if is_number(cell) and float(cell).is_integer() else None
