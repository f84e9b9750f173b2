"""Outputs: what a network gives for some examples, and what is made of it to be measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnfs_cli.nn.shapes import Array


class Outputs:
    """Scores, and what follows from them, made when it is first asked for: many metrics share it.

    Args:
        scores: (outputs, N), as the network gives them.
        activate: what turns scores into probabilities, as `Loss.activate` does.
        ranks: (classes, N), what orders the classes of an example; the scores if left out.
    """

    __slots__ = ("_activate", "_decisions", "_probabilities", "ranks", "scores")

    def __init__(self, scores: Array, activate: Callable[[Array], Array], ranks: Array | None = None):
        self.scores, self._activate, self.ranks = scores, activate, scores if ranks is None else ranks
        self._decisions: Array | None = None
        self._probabilities: Array | None = None

    @property
    def decisions(self) -> Array:
        """The class that each example is taken for, (N,): the first of those with the largest rank."""
        if self._decisions is None:
            self._decisions = self.ranks.argmax(axis=0)
        return self._decisions

    @property
    def probabilities(self) -> Array:
        """Of each class, (classes, N) float64."""
        if self._probabilities is None:
            self._probabilities = self._activate(self.scores.astype(np.float64))
        return self._probabilities
