"""Processes: sums in the order of ranks, and no way to end that leaves a process behind or hangs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.parallel import processes
from nnfs_cli.parallel.processes import Processes

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
each_size = pytest.mark.parametrize("size", [2, 3])
SECONDS_UNTIL_A_TEST_HANGS = 30


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Turn a hang into a failure."""

    def fail(*_: object) -> None:
        raise TimeoutError("the team hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(SECONDS_UNTIL_A_TEST_HANGS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def no_child_left(no_hang: None) -> Iterator[None]:
    """After every test the process has no children."""
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def impatient(monkeypatch) -> None:
    """Kill members that do not go home by themselves soon."""
    monkeypatch.setattr(processes, "PATIENCE", 0.1)


def in_rank(team: Processes, rank: int, misfortune: Callable[[], object]) -> Callable[[], Iterator[str]]:
    """Work in which one member has a misfortune while the others wait for it."""

    def work() -> Iterator[str]:
        yield "started"
        if team.rank == rank:
            misfortune()
        team.gather()
        yield "done"

    return work


def fail() -> None:
    raise ValueError("no such luck")


def sleep_for_long() -> None:
    time.sleep(1000)


@each_size
def test_sums_in_the_order_of_ranks(size):
    team = Processes(size)
    team.reserve(2)
    summands = [(1e16, 1), (1.0, 2), (-1e16, 4)][:size]

    def work() -> Iterator[list[float]]:
        yield team.sum(summands[team.rank])

    assert list(team.run(work)) == [[sum(column) for column in zip(*summands, strict=True)]]


@each_size
def test_every_member_gets_every_sum(size):
    team = Processes(size)

    def work() -> Iterator[int]:
        for step in range(100):
            (total,) = team.sum([step * (team.rank + 1)])
            assert total == step * size * (size + 1) / 2
            yield step

    assert list(team.run(work)) == list(range(100))


@each_size
@pytest.mark.parametrize("length", [1, 2, 1000, 1001])
def test_reduce_adds_rows_in_the_order_of_ranks(size, length):
    team = Processes(size)
    team.reserve(2)
    summands = np.random.default_rng(length).standard_normal((size, length)).astype(np.float32)
    rows, total = team.rows(length, np.dtype(np.float32)), team.zeros(length, np.dtype(np.float32))

    def work() -> Iterator[np.ndarray]:
        rows[team.rank] = summands[team.rank]
        part, summed, numbers = team.reduce(rows, [team.rank, 1.0])
        assert numbers == [sum(range(size)), size]
        total[part] = summed
        team.gather()
        yield total.copy()

    (found,) = team.run(work)
    expected = summands[0].copy()
    for row in summands[1:]:
        expected += row
    np.testing.assert_array_equal(found, expected)


@each_size
def test_gather_waits_for_what_every_member_has_written(size):
    team = Processes(size)
    seen = team.zeros(size, np.dtype(np.int64))

    def work() -> Iterator[list[int]]:
        for step in range(1, 30):
            seen[team.rank] = step
            team.gather()
            yield seen.tolist()
            team.gather()

    assert list(team.run(work)) == [[step] * size for step in range(1, 30)]


@each_size
def test_collectives_of_all_kinds_alternate(size):
    team = Processes(size)
    rows = team.rows(10, np.dtype(np.float64))

    def work() -> Iterator[float]:
        for step in range(30):
            rows[team.rank] = step
            _, summed, (ranks,) = team.reduce(rows, [team.rank])
            (total,) = team.sum([summed.sum()])
            team.gather()
            yield total + ranks

    assert list(team.run(work)) == [step * size * 10 + sum(range(size)) for step in range(30)]


@each_size
def test_records_are_those_of_rank_0(size):
    team = Processes(size)
    assert list(team.run(lambda: iter([team.rank, "done"]))) == [0, "done"]


@each_size
def test_an_exception_in_a_member_ends_the_run_with_its_words(size):
    team = Processes(size)
    with pytest.raises(MachineError) as raised:
        list(team.run(in_rank(team, size - 1, fail)))
    assert str(raised.value) == f"worker {size - 1} of {size} ended early: ValueError: no such luck."


@each_size
def test_a_killed_member_ends_the_run(size):
    team = Processes(size)
    with pytest.raises(MachineError) as raised:
        list(team.run(in_rank(team, 1, lambda: os.kill(os.getpid(), signal.SIGKILL))))
    assert str(raised.value).startswith(f"worker 1 of {size} ended early: killed by signal 9. ")


def test_a_member_that_leaves_ends_the_run():
    team = Processes(2)
    with pytest.raises(MachineError, match="worker 1 of 2 ended early: exit code 7"):
        list(team.run(in_rank(team, 1, lambda: os._exit(7))))


def test_a_member_that_is_done_has_not_ended_early(monkeypatch):
    wait = os.waitpid

    def late(pid: int, options: int) -> tuple[int, int]:
        time.sleep(0.05)
        return wait(pid, options)

    monkeypatch.setattr(os, "waitpid", late)
    team = Processes(2)
    assert list(team.run(in_rank(team, 1, lambda: time.sleep(0.02)))) == ["started", "done"]


def test_words_of_any_length_fit():
    def complain() -> None:
        raise ValueError("ö" * 100_000)

    team = Processes(2)
    with pytest.raises(MachineError, match="ValueError: ööö"):
        list(team.run(in_rank(team, 1, complain)))


def test_an_exception_in_rank_0_is_its_own():
    team = Processes(2)
    with pytest.raises(ValueError, match="no such luck"):
        list(team.run(in_rank(team, 0, fail)))


@each_size
def test_closing_early_sends_members_home(size, monkeypatch):
    team = Processes(size)
    monkeypatch.setattr(os, "kill", lambda pid, _: pytest.fail(f"process {pid} had to be killed"))
    records = team.run(in_rank(team, size, fail))
    assert next(records) == "started"
    records.close()


@pytest.mark.usefixtures("impatient")
def test_closing_early_ends_a_member_that_is_busy():
    team = Processes(2)
    records = team.run(in_rank(team, 1, sleep_for_long))
    next(records)
    records.close()


@pytest.mark.usefixtures("impatient")
def test_one_dead_member_ends_a_busy_one():
    team = Processes(3)

    def work() -> Iterator[str]:
        yield "started"
        if team.rank == 2:
            sleep_for_long()
        if team.rank == 1:
            fail()
        team.gather()

    with pytest.raises(MachineError, match="worker 1 of 3"):
        list(team.run(work))


def test_members_leave_ctrl_c_to_rank_0():
    team = Processes(2)
    interrupted = in_rank(team, 1, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert list(team.run(interrupted)) == ["started", "done"]


def test_memory_starts_at_0():
    team = Processes(2)
    assert not team.zeros(1000, np.dtype(np.float32)).any()
    assert team.rows(5, np.dtype(np.float64)).shape == (2, 5)
    assert team.zeros(0, np.dtype(np.float32)).shape == (0,)
