"""The stopwatch of a profile: a call counts without the calls within it."""

from __future__ import annotations

import time

from nnfs_cli.sessions.profile import Stopwatch


class Inner:
    def work(self) -> int:
        time.sleep(0.03)
        return 7


class Outer:
    def __init__(self, inner: Inner):
        self.inner = inner

    def work(self) -> int:
        time.sleep(0.01)
        return self.inner.work() + self.inner.work()


def test_a_call_counts_without_the_calls_within_it():
    inner, watch = Inner(), Stopwatch()
    outer = Outer(inner)
    for name, thing in (("inner", inner), ("outer", outer)):
        watch.wrap(thing, "work", name)
    began = time.perf_counter()
    assert outer.work() == 14
    whole = time.perf_counter() - began
    assert watch.seconds["inner"] >= 0.06
    assert 0.01 <= watch.seconds["outer"] < whole - 0.06
    assert 0.07 <= sum(watch.seconds.values()) <= whole
