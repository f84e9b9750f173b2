"""Series: numbers over steps, cleaned, smoothed, and thinned to what a picture can show, while they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from nnfs_cli.nn.shapes import Array

POINTS = 4000
STRETCHES = 1 << 15
SMOOTHED_SHARE = 1 / 50
STEP, EPOCH, VALUE = 0, 1, 2
LOW, HIGH, SUM, COUNT = slice(0, 3), slice(3, 6), 6, 7

Columns = Mapping[str, Array]
"""Some rows of a table: an array (rows,) for each column; NaN where a cell is empty."""


class Series:
    """The finite values of one column of a table, in memory that does not grow with the table.

    Rows become stretches of one row. When there are too many stretches, each two neighbours become one. A stretch keeps
    its lowest row, its highest row, the sum of its values and their count; a row is its step, its epoch, its value.
    """

    def __init__(self) -> None:
        self._table = np.empty((0, 8))
        self._halvings = 0
        self._ends = np.empty((0, 3))

    def __len__(self) -> int:
        return int(self._table[:, COUNT].sum())

    def add(self, steps: Array, epochs: Array, values: Array) -> None:
        """Take more rows; each of the arrays is (rows,)."""
        rows = np.stack([steps, epochs, values], axis=1)[np.isfinite(values)]
        fresh = np.column_stack([rows, rows, rows[:, VALUE], np.ones(len(rows))])
        for _ in range(self._halvings):
            fresh = _halved(fresh)
        self._table = np.concatenate([self._table, fresh])
        self._ends = np.concatenate([self._ends, rows])[[0, -1]] if len(rows) else self._ends
        while len(self._table) > STRETCHES:
            self._table = _halved(self._table)
            self._halvings += 1

    def points(self) -> Array:
        """At most about `POINTS` rows (points, 3): the first, the last, and the lowest and highest of each stretch."""
        table = self._table
        if len(table) <= POINTS and not self._halvings:
            return table[:, LOW]
        while len(table) > POINTS // 2:
            table = _halved(table)
        return np.unique(np.concatenate([self._ends, table[:, LOW], table[:, HIGH]]), axis=0)

    def smoothed(self) -> tuple[Array, Array]:
        """The steps and the mean of each value and its neighbours, a fiftieth of all on either side.

        Near the start both sides shrink alike, so that the first fall of a loss is not blurred.
        """
        table = self._table
        edges = np.concatenate([[0.0], np.cumsum(table[:, COUNT])])
        sums = np.concatenate([[0.0], np.cumsum(table[:, SUM])])
        middle = (edges[:-1] + edges[1:]) / 2
        reach = np.minimum(middle, int(edges[-1] * SMOOTHED_SHARE) + 0.5)
        first, last = middle - reach, np.minimum(middle + reach, edges[-1])
        means = (np.interp(last, edges, sums) - np.interp(first, edges, sums)) / (last - first)
        steps = (table[:, LOW][:, STEP] + table[:, HIGH][:, STEP]) / 2
        every = -(-len(table) // POINTS) or 1
        return steps[::every], means[::every]


def series_of(blocks: Iterable[Columns]) -> Mapping[str, Series]:
    """A series for each column of a table with the columns step and epoch, which comes in blocks of rows."""
    found: defaultdict[str, Series] = defaultdict(Series)
    for columns in blocks:
        for name, values in columns.items():
            found[name].add(columns["step"], columns["epoch"], values)
    return found


def _halved(table: Array) -> Array:
    """Each two neighbouring stretches as one; the last one stays alone if their number is odd."""
    even = len(table) // 2 * 2
    first, second = table[0:even:2], table[1:even:2]
    lower, higher = (second[:, 2] < first[:, 2])[:, None], (second[:, 5] > first[:, 5])[:, None]
    pairs = np.column_stack(
        [
            np.where(lower, second[:, LOW], first[:, LOW]),
            np.where(higher, second[:, HIGH], first[:, HIGH]),
            first[:, SUM] + second[:, SUM],
            first[:, COUNT] + second[:, COUNT],
        ]
    )
    return np.concatenate([pairs, table[even:]])
