"""Confusion: how often examples of each class are taken for each other, where that happens at all.

A square of 10,000 classes has 10^8 cells, of which a test split fills a few thousand.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.nn.shapes import Array


@dataclass(frozen=True, eq=False)
class Confusion:
    """Counts of pairs of classes, in the order of the true class, then of the predicted one.

    Attributes:
        classes: how many there are.
        true, predicted: the classes of each pair that occurs, (pairs,) int64.
        counts: how often it does, (pairs,) int64.
    """

    classes: int
    true: Array
    predicted: Array
    counts: Array

    @classmethod
    def count(cls, predicted: Array, target: Array, classes: int) -> Confusion:
        """Count two arrays of classes, (N,) each."""
        pairs, counts = np.unique(target.astype(np.int64) * classes + predicted, return_counts=True)
        return cls(classes, *np.divmod(pairs, classes), counts)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into the same counts."""
        return {
            "classes": self.classes,
            "pairs": [array.tolist() for array in (self.true, self.predicted, self.counts)],
        }

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> Confusion:
        """The counts that `to_json` described."""
        return cls(state["classes"], *np.array(state["pairs"], np.int64))

    @property
    def hits(self) -> Array:
        """How many examples of each class are right, (classes,)."""
        return self._summed(self.true, np.where(self.true == self.predicted, self.counts, 0))

    @property
    def examples(self) -> Array:
        """How many examples each class has, (classes,)."""
        return self._summed(self.true, self.counts)

    @property
    def answers(self) -> Array:
        """How many examples are taken for each class, (classes,)."""
        return self._summed(self.predicted, self.counts)

    def rows(self) -> Iterator[Array]:
        """For each true class, how often its examples are taken for each class: (classes,) a time."""
        edges = np.searchsorted(self.true, np.arange(self.classes + 1))
        for start, stop in itertools.pairwise(edges):
            row = np.zeros(self.classes, np.int64)
            row[self.predicted[start:stop]] = self.counts[start:stop]
            yield row

    def matrix(self) -> Array:
        """All rows, (classes, classes)."""
        return np.stack(list(self.rows()))

    def mistakes(self, most: int) -> Confusion:
        """The pairs of different classes that occur most often, the first ones first."""
        wrong = np.flatnonzero(self.true != self.predicted)
        order = wrong[np.argsort(-self.counts[wrong], kind="stable")[:most]]
        return Confusion(self.classes, self.true[order], self.predicted[order], self.counts[order])

    def _summed(self, places: Array, numbers: Array) -> Array:
        sums = np.zeros(self.classes, np.int64)
        np.add.at(sums, places, numbers)
        return sums
