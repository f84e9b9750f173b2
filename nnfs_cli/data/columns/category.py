"""Category: a column of words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from annotated_types import Len

from nnfs_cli.data.cells.cells import Cells
from nnfs_cli.data.cells.gatherer import MOST_TEXTS, Gatherer
from nnfs_cli.data.columns.base import Column, Feature, cell_shown
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import Means
from nnfs_cli.registry import COLUMNS
from nnfs_cli.text import counted, listed, shown

Encoding = Literal["onehot", "binary", "ordinal", "embedding"]
Categories = Annotated[tuple[str, ...], Len(1, MOST_TEXTS), Means(f"a list of 1 to {MOST_TEXTS:,} texts")]
MISSING = ""
"""The category of missing cells."""


@COLUMNS.register("category")
@dataclass(frozen=True)
class Category(Column):
    """One of the words of the training file; a missing cell is a category of its own where there were some in training.

    Args:
        categories: the words as they are written, in alphabetical order; an empty one stands for missing cells.
        encoding: onehot gives a feature each, 1 where the cell is that word, all 0 for other words; binary 0 or 1 for
            the two there are, 0.5 for other words; ordinal the place in the list, its middle for other words; embedding
            the row of a table that is learned, whose first one stands for other words.
        missing: error refuses missing cells.

    Raises:
        ConfigError: a word is there twice, or binary is said of other than two.
    """

    name: str
    categories: Categories
    encoding: Encoding = "onehot"
    missing: Literal["category", "error"] = "category"
    na_values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self._known) < len(self.categories):
            raise ConfigError("category: names a word twice")
        if self.encoding == "binary" and len(self.categories) != 2:
            raise ConfigError(f"category: binary is for 2 words, got {len(self.categories):,}")

    @property
    def kinds(self) -> int:  # type: ignore[override]
        return 1 + len(self.categories) if self.encoding == "embedding" else 0

    @cached_property
    def features(self) -> tuple[Feature, ...]:  # type: ignore[override]
        name = f"column '{shown(self.name)}'"
        if self.encoding == "onehot":
            return tuple(
                Feature(f"{name} = '{shown(word)}'" if word else f"{name} is missing") for word in self.categories
            )
        return (Feature(name, scaling=None if self.encoding == "ordinal" else False),)

    def gatherer(self) -> Gatherer:
        return Gatherer(None)

    def fits_single(self, cells: Cells) -> bool:
        return True

    def encode(self, cells: Cells, out: Array) -> None:
        places = self._places(cells)
        known = places >= 0
        if self.encoding == "onehot":
            out[:] = 0
            out[np.flatnonzero(known), places[known]] = 1
        elif self.encoding == "embedding":
            out[:, 0] = places + 1
        else:
            out[:, 0] = np.where(known, places, (len(self.categories) - 1) / 2)

    def refused(self, cells: Cells) -> dict[str, str]:
        if self.missing != "error":
            return {}
        return {text: f"expected a word, got {cell_shown(text)}" for text in cells.texts if self.means_missing(text)}

    def remarks(self, cells: Cells) -> dict[str, str]:
        return {
            text: f"{cell_shown(text)} was not there in training, it counts as another word"
            for text in cells.texts
            if self._meaning(text) not in self._known
        }

    def becomes(self) -> str:
        words = counted(len(self.categories), "word")
        return {
            "onehot": f"one-hot of {len(self.categories):,}",
            "binary": "0 or 1",
            "ordinal": f"the place in {listed(self.categories)}",
            "embedding": f"an embedding of {words}",
        }[self.encoding]

    @cached_property
    def _known(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.categories)}

    def _meaning(self, text: str) -> str:
        return MISSING if text not in self._known and self.means_missing(text) else text

    def _places(self, cells: Cells) -> Array:
        """(n,) int64: the place of each cell among the categories, -1 for another word."""
        known = {text: self._known.get(self._meaning(text), -1) for text in cells.texts}
        return cells.places(known, -1)
