"""Stopwatch: seconds by name, where what is timed within something else counts for itself alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up the seconds of every name.

    Attributes:
        seconds: by name, without those that were timed within.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter):
        self.seconds: Counter[str] = Counter()
        self._clock, self._within = clock, [0.0]

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a `with` block."""
        began = self._clock()
        self._within.append(0.0)
        try:
            yield
        finally:
            whole = self._clock() - began
            self.seconds[name] += whole - self._within.pop()
            self._within[-1] += whole
