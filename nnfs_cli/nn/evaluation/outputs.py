"""Outputs: what a network gives for some examples, and what is made of it to be measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from nnfs_cli.nn.shapes import Array


class Outputs:
    """Scores, and what follows from them, made when it is first asked for: many metrics share it.

    Args:
        scores: (outputs, N), as the network gives them.
        activate: what turns scores into probabilities, as `Loss.activate` does.
    """

    def __init__(self, scores: Array, activate: Callable[[Array], Array]):
        self.scores, self._activate = scores, activate

    @cached_property
    def decisions(self) -> Array:
        """The class that each example is taken for, (N,): the first of those with the largest score."""
        return self.scores.argmax(axis=0)

    @cached_property
    def probabilities(self) -> Array:
        """Of each class, (classes, N) float64."""
        return self._activate(self.scores.astype(np.float64))
