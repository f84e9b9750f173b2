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
SECONDS_UNTIL_A_TEST_HANGS = 300


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Turn a hang into a failure."""

    def fail(*_: object) -> None:
        raise TimeoutError("the group hangs")

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
def short_patience(monkeypatch) -> None:
    """Kill processes that do not exit by themselves soon."""
    monkeypatch.setattr(processes, "PATIENCE", 0.1)


def in_rank(group: Processes, rank: int, failure: Callable[[], object]) -> Callable[[], Iterator[str]]:
    """Work in which one process fails while the others wait for it."""

    def work() -> Iterator[str]:
        yield "started"
        if group.rank == rank:
            failure()
        group.gather(np.empty(0))
        yield "done"

    return work


def fail() -> None:
    raise ValueError("no such luck")


def sleep_for_long() -> None:
    time.sleep(1000)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_sums_in_the_order_of_ranks(size):
    group = Processes(size)
    group.reserve(2)
    summands = [(1e16, 1), (1.0, 2), (-1e16, 4), (1.0, 8)][:size]

    def work() -> Iterator[list[float]]:
        yield group.sum(summands[group.rank]).tolist()

    assert list(group.run(work)) == [[sum(column) for column in zip(*summands, strict=True)]]


@each_size
def test_every_member_gets_every_sum(size):
    group = Processes(size)

    def work() -> Iterator[int]:
        for step in range(100):
            (total,) = group.sum([step * (group.rank + 1)])
            assert total == step * size * (size + 1) / 2
            yield step

    assert list(group.run(work)) == list(range(100))


@pytest.mark.parametrize("size", [2, 3, 4])
@pytest.mark.parametrize("length", [1, 2, 1000, 1001])
def test_reduce_adds_rows_in_the_order_of_ranks(size, length):
    group = Processes(size)
    group.reserve(2, length, np.dtype(np.float32))
    summands = np.random.default_rng(length).standard_normal((size, length)).astype(np.float32)
    total = group.common(length, np.dtype(np.float32))

    def work() -> Iterator[np.ndarray]:
        group.mine[:] = summands[group.rank]
        part, summed, numbers = group.reduce([group.rank, 1.0])
        assert numbers.tolist() == [sum(range(size)), size]
        total[part] = summed
        group.gather(total)
        yield total.copy()

    (found,) = group.run(work)
    expected = summands[0].copy()
    for row in summands[1:]:
        expected += row
    np.testing.assert_array_equal(found, expected)


@each_size
def test_gather_waits_for_what_every_member_has_written(size):
    group = Processes(size)
    seen = group.common(size, np.dtype(np.int64))

    def work() -> Iterator[list[int]]:
        for step in range(1, 30):
            seen[group.rank] = step
            group.gather(seen)
            yield seen.tolist()
            group.gather(seen)

    assert list(group.run(work)) == [[step] * size for step in range(1, 30)]


@each_size
def test_collectives_of_all_kinds_alternate(size):
    group = Processes(size)
    group.reserve(1, 10, np.dtype(np.float64))

    def work() -> Iterator[float]:
        for step in range(30):
            group.mine[:] = step
            _, summed, (ranks,) = group.reduce([group.rank])
            (total,) = group.sum([summed.sum()])
            group.gather(group.mine)
            yield total + ranks

    assert list(group.run(work)) == [step * size * 10 + sum(range(size)) for step in range(30)]


@each_size
def test_records_are_those_of_rank_0(size):
    group = Processes(size)
    assert list(group.run(lambda: iter([group.rank, "done"]))) == [0, "done"]


@each_size
def test_an_exception_in_a_member_ends_the_run_with_its_words(size):
    group = Processes(size)
    with pytest.raises(MachineError) as raised:
        list(group.run(in_rank(group, size - 1, fail)))
    assert str(raised.value) == f"worker {size - 1} of {size} ended early: ValueError: no such luck."


@each_size
def test_a_killed_member_ends_the_run(size):
    group = Processes(size)
    with pytest.raises(MachineError) as raised:
        list(group.run(in_rank(group, 1, lambda: os.kill(os.getpid(), signal.SIGKILL))))
    assert str(raised.value).startswith(f"worker 1 of {size} ended early: killed by signal 9. ")


def test_a_member_that_leaves_ends_the_run():
    group = Processes(2)
    with pytest.raises(MachineError, match="worker 1 of 2 ended early: exit code 7"):
        list(group.run(in_rank(group, 1, lambda: os._exit(7))))


def test_a_member_that_is_done_has_not_ended_early(monkeypatch):
    wait = os.waitpid

    def late(pid: int, options: int) -> tuple[int, int]:
        time.sleep(0.05)
        return wait(pid, options)

    monkeypatch.setattr(os, "waitpid", late)
    group = Processes(2)
    assert list(group.run(in_rank(group, 1, lambda: time.sleep(0.02)))) == ["started", "done"]


def test_words_of_any_length_fit():
    def complain() -> None:
        raise ValueError("ö" * 100_000)

    group = Processes(2)
    with pytest.raises(MachineError, match="ValueError: ööö"):
        list(group.run(in_rank(group, 1, complain)))


def test_an_exception_in_rank_0_is_its_own():
    group = Processes(2)
    with pytest.raises(ValueError, match="no such luck"):
        list(group.run(in_rank(group, 0, fail)))


@each_size
def test_closing_early_sends_members_home(size, monkeypatch):
    group = Processes(size)
    monkeypatch.setattr(os, "kill", lambda pid, _: pytest.fail(f"process {pid} had to be killed"))
    records = group.run(in_rank(group, size, fail))
    assert next(records) == "started"
    records.close()


@pytest.mark.usefixtures("short_patience")
def test_closing_early_ends_a_member_that_is_busy():
    group = Processes(2)
    records = group.run(in_rank(group, 1, sleep_for_long))
    next(records)
    records.close()


@pytest.mark.usefixtures("short_patience")
def test_one_dead_member_ends_a_busy_one():
    group = Processes(3)

    def work() -> Iterator[str]:
        yield "started"
        if group.rank == 2:
            sleep_for_long()
        if group.rank == 1:
            fail()
        group.gather(np.empty(0))

    with pytest.raises(MachineError, match="worker 1 of 3"):
        list(group.run(work))


def test_members_leave_ctrl_c_to_rank_0():
    group = Processes(2)
    interrupted = in_rank(group, 1, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert list(group.run(interrupted)) == ["started", "done"]


def test_memory_starts_at_0():
    group = Processes(2)
    assert not group.common(1000, np.dtype(np.float32)).any()
    group.reserve(1, 5, np.dtype(np.float64))
    assert group.mine.tolist() == [0] * 5
    assert group.common(0, np.dtype(np.float32)).shape == (0,)


@pytest.mark.parametrize("numbers", [1, 17, 3000])
def test_no_more_numbers_are_added_up_than_were_reserved(numbers):
    group = Processes(2)
    group.reserve(numbers)

    def work() -> Iterator[float]:
        yield group.sum(np.full(numbers, group.rank + 1.0)).sum()
        with pytest.raises(ValueError, match=f"{numbers + 1} numbers are to be added up, {numbers} were reserved"):
            group.sum([1.0] * (numbers + 1))

    assert list(group.run(work)) == [3 * numbers]
