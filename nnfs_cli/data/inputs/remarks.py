"""Remarks: what people should know of inputs that are not like the data of the training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from nnfs_cli.data.encode.ranges import Outlier
from nnfs_cli.data.preparation import BYTE, Preparation, features_of
from nnfs_cli.data.scales import DARK
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import listed

MOST_FEATURES = 10
BLOCK = 1 << 20


class Remarks:
    """Warnings on the examples of one input: on ten features at the most, each named once.

    Args:
        where: the name of the input.
        preparation: of the model that predicts.
        drawn: the split that these examples are of, where they are some rows of a file only; they are counted in it.
    """

    def __init__(self, where: str, preparation: Preparation, drawn: str | None = None):
        self._where, self._ranges, self._white = where, preparation.ranges, preparation.white
        self._example = f"{where}[{{}}]" if drawn is None else f"{where}: {drawn} example {{}}"
        self._names = feature_names(preparation)
        self._told: set[int | None] = set()
        features = enumerate(features_of(preparation.columns or ()))
        self._untold = {place for place, feature in features if not feature.is_told}

    def on(self, x: Array, start: int) -> tuple[str, ...]:
        """Warnings on x (n, *input_shape), whose first example is number `start` of the input."""
        dark = self.on_darkness(x.max(initial=0), x.dtype) if start == 0 else ()
        return (*dark, *self.on_values(x, range(start, start + len(x))))

    def on_values(self, x: Array, numbers: Sequence[int]) -> tuple[str, ...]:
        """Warnings on values of x (n, *input_shape) that are far outside the training data.

        Args:
            numbers: of the examples among those of the input.
        """
        if self._ranges is None or (x.dtype == np.uint8 and self._white is not None):
            return ()
        rows = max(1, BLOCK // math.prod(x.shape[1:]))
        parts = (slice(first, first + rows) for first in range(0, len(x), rows))
        return tuple(told for part in parts for told in self._fresh(x[part], numbers[part]))

    def by_row(self, x: Array) -> dict[int, str]:
        """What is far outside the training data in each row of x (n, features), in a few words."""
        if self._ranges is None:
            return {}
        found = dict[int, list[str]]()
        for outlier in self._ranges.outliers_by_row(x):
            if outlier.feature not in self._untold:
                found.setdefault(outlier.row, []).append(self._words(outlier))
        return {row: listed(words) for row, words in found.items()}

    def on_darkness(self, high: float, dtype: np.dtype) -> tuple[str, ...]:
        """A warning on pixels that are all so dark that they may be on another scale, such as 0 to 15."""
        white = BYTE if dtype == np.uint8 else self._white
        if self._white is None or not 0 < high <= white / DARK:
            return ()
        return (f"{self._where}: has pixels up to {high:g}, where {white:g} is white. Are they on another scale?",)

    def _fresh(self, x: Array, numbers: Sequence[int]) -> Iterator[str]:
        """A sentence for each feature that is outside for the first time, up to ten of them."""
        if len(self._told) >= MOST_FEATURES:
            return
        for outlier in self._ranges.outliers(x):
            if outlier.feature in self._untold:
                continue
            if outlier.feature not in self._told and len(self._told) < MOST_FEATURES:
                self._told.add(outlier.feature)
                yield self._sentence(outlier, numbers[outlier.row])

    def _sentence(self, outlier: Outlier, number: int) -> str:
        advice = "nothing was learned of it" if outlier.low == outlier.high else "do not trust the answer"
        return f"{self._example.format(number)}: {self._words(outlier)}: {advice}"

    def _words(self, outlier: Outlier) -> str:
        name = self._names.get(outlier.feature, f"feature {outlier.feature}") if outlier.feature is not None else ""
        if outlier.low == outlier.high:
            return f"{name} is {outlier.value:g}, it was always {outlier.low:g} in training".strip()
        of = f"{name}: " * bool(name)
        return f"{of}{outlier.value:g} is far outside the training data, {outlier.low:g} to {outlier.high:g}"


def feature_names(preparation: Preparation) -> dict[int, str]:
    """What a sentence calls each feature of a table, by its index."""
    return {place: feature.name for place, feature in enumerate(features_of(preparation.columns or ()))}
