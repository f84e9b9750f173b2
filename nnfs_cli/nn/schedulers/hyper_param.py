"""HyperParamScheduler: one hyper-parameter as a function of the step."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

LOOKED_AT = 10_000
Anneal = Literal["linear", "cos", "exp", "hold"]


@dataclass(frozen=True)
class Knot:
    """The value that is reached at a step (which may be a fraction), and how one gets there."""

    step: float
    value: float
    anneal: Anneal = "linear"


class HyperParamScheduler:
    """A curve through knots: the value at any step, a pure function, so that resuming needs only the step.

    Between two knots the value moves as the later one says: in a straight line ("linear"), in half a cosine wave
    ("cos"), by the same factor in each step ("exp"), or not at all until the knot is reached ("hold"). Before the first
    knot and after the last the value stays.

    Args:
        knots: in the order in which they are made for. One that lies before the one it follows is never reached.
    """

    def __init__(self, knots: Sequence[Knot]):
        self.knots = tuple(knots)
        self._ends = list(accumulate((knot.step for knot in self.knots[1:]), max))

    def value(self, step: int) -> float:
        """The value at this step, counted from 0."""
        position = bisect_left(self._ends, step)
        if position == len(self._ends):
            return self.knots[-1].value
        start, end = self.knots[position : position + 2]
        if start.step == end.step:
            return end.value
        return _between(start, end, max((step - start.step) / (end.step - start.step), 0))

    def top(self, steps: int) -> int:
        """Of so many steps the one with the largest value: of some, evenly spaced, then of those around it."""
        stride = max(1, steps // LOOKED_AT)
        near = max(range(0, steps, stride), key=self.value)
        return max(range(max(0, near - stride), min(near + stride, steps)), key=self.value)


def _between(start: Knot, end: Knot, share: float) -> float:
    if end.anneal == "hold":
        return end.value if share == 1 else start.value
    if end.anneal == "linear":
        return start.value + (end.value - start.value) * share
    if end.anneal == "exp":
        return start.value ** (1 - share) * end.value**share
    return end.value + (start.value - end.value) / 2 * (1 + math.cos(math.pi * share))
