"""A group of one, fair shares, and how many workers a training is worth."""

from __future__ import annotations

import os

import numpy as np
import pytest

from nnfs_cli.parallel import choose
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.parallel.choose import WORTH_SHARING, busy_note, group_of, physical_cores, workers_possible, workers_worth
from nnfs_cli.parallel.group import share


def test_alone_needs_nobody():
    group = Alone()
    group.reserve(2, 4, np.dtype(np.float32))
    group.mine[:] = [1, 2, 3, 4]
    assert list(group.run(lambda: iter("abc"))) == ["a", "b", "c"]
    assert group.sum([1.0, 2.0]).tolist() == [1, 2]
    part, total, numbers = group.reduce([5.0])
    assert (part, total.tolist(), numbers) == (slice(0, 4), [1, 2, 3, 4], [5])
    assert group.gather(group.mine) is None
    assert group.common(3, np.dtype(np.float64)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_shares_are_even_and_cover_all(size):
    for count in range(30):
        shares = [range(count)[share(count, rank, size)] for rank in range(size)]
        assert [thing for part in shares for thing in part] == list(range(count))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_shares_of_whole_cache_lines_leave_the_rest_to_the_last(size):
    for count in range(200):
        shares = [share(count, rank, size, unit=16) for rank in range(size)]
        assert [thing for part in shares for thing in range(count)[part]] == list(range(count))
        assert all(part.start % 16 == 0 for part in shares)


def test_a_group_has_the_size_that_is_wanted():
    assert [group_of(size).size for size in (1, 2, 3)] == [1, 2, 3]


def test_auto_shares_only_what_is_worth_it(monkeypatch):
    monkeypatch.setattr(choose, "physical_cores", lambda: 8)
    assert workers_worth("auto", WORTH_SHARING) == 8
    assert workers_worth("auto", WORTH_SHARING - 1) == 1


def test_a_number_is_taken_at_its_word():
    assert workers_worth(3, 10) == workers_possible(3) == 3


def test_systems_without_fork_work_alone(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert [workers_possible(worth) for worth in (1, 2, 8)] == [1, 1, 1]


def test_physical_cores_are_at_most_those_allowed():
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


def test_threads_of_one_core_count_once(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(choose, "_core_of", lambda cpu: f"{cpu % 2},{cpu % 2 + 2}")
    assert physical_cores() == 2


@pytest.mark.parametrize(
    ("wanted", "workers", "load", "others", "told"),
    [
        ("auto", 4, 7.9, True, True),
        ("auto", 4, 7.9, False, False),
        ("auto", 4, 0.3, True, False),
        ("auto", 1, 7.9, True, False),
        (4, 4, 7.9, True, False),
    ],
)
def test_busy_cores_are_told_of_where_the_program_chose_to_use_them(monkeypatch, wanted, workers, load, others, told):
    """A training that has just ended leaves a load behind, and no program that runs."""
    monkeypatch.setattr(choose, "others_run", lambda: others)
    monkeypatch.setattr(choose, "allowed_cores", lambda: range(4))
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0), raising=False)
    note = busy_note(wanted, workers)
    assert ("load 7.9 on 4" in note and "--workers 1" in note) is told
    assert bool(note) is told
    monkeypatch.delattr(os, "getloadavg")
    assert busy_note(wanted, workers) == ""
