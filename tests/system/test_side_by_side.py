"""Tasks side by side: how many at once, what they tell, how they end, and what becomes of them when others fail."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.system import side_by_side as module
from nnfs_cli.system.side_by_side import side_by_side
from tests.resilience.forks import needs_fork

pytestmark = needs_fork
LONG = 60
ANYHOW: dict[str, Any] = {"may_start": lambda: True, "asked_to_stop": lambda: False, "what": "works"}


def waits_for(path: Path, ends: Callable[[], bool] = lambda: False) -> bool:
    """Whether a file appears before it is to end; LONG seconds are too long for either."""
    deadline = time.monotonic() + LONG
    while not path.exists() and not ends():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return path.exists()


def told(tasks: list, at_once: int = 2, **how: Any) -> list[tuple[int, Any]]:
    return list(side_by_side(tasks, at_once, **{**ANYHOW, **how}))


def test_every_task_is_a_process_of_its_own():
    def task(tell, ends):
        tell(os.getpid())
        tell("x" * 200_000)

    said = told([task] * 5)
    assert sorted(place for place, _ in said) == sorted([0, 1, 2, 3, 4] * 2)
    processes = {thing for _, thing in said if isinstance(thing, int)}
    assert len(processes) == 5
    assert os.getpid() not in processes
    assert [thing for _, thing in said if isinstance(thing, str)] == ["x" * 200_000] * 5


@pytest.mark.parametrize("at_once", [1, 3])
def test_so_many_run_at_the_same_time_and_no_more(tmp_path, at_once):
    """Each of the first ones waits until all of them have begun, which later ones could only join too early."""

    def task(number):
        def work(tell, ends):
            (tmp_path / f"begun-{number}").touch()
            if number < at_once:
                for other in range(at_once):
                    assert waits_for(tmp_path / f"begun-{other}")
            tell(sorted(int(path.name.removeprefix("begun-")) for path in tmp_path.glob("begun-*")))
            if number < at_once:
                assert waits_for(tmp_path / "seen")

        return work

    said = []
    for place, thing in side_by_side([task(number) for number in range(7)], at_once, **ANYHOW):
        said.append((place, thing))
        if len(said) == at_once:
            assert [there for _, there in said] == [list(range(at_once))] * at_once
            (tmp_path / "seen").touch()
    assert sorted(place for place, _ in said) == list(range(7))


def test_a_process_that_dies_or_fails_is_told_and_others_go_on():
    def dies(tell, ends):
        tell("alive")
        os.kill(os.getpid(), signal.SIGKILL)

    def fails(tell, ends):
        raise ValueError("no good")

    def lacks(tell, ends):
        raise MemoryError("none left")

    def works(tell, ends):
        tell("worked")

    said = told([dies, fails, lacks, works], 4)
    ends = dict(said)
    assert (0, "alive") in said
    assert isinstance(ends[0], MachineError)
    assert "a process that works was killed from outside" in str(ends[0])
    assert isinstance(ends[1], MachineError)
    assert "ValueError: no good" in str(ends[1])
    assert isinstance(ends[2], MemoryError)
    assert ends[3] == "worked"


def test_none_starts_any_more():
    said = []
    for place, thing in side_by_side(
        [lambda tell, ends: tell("done")] * 4, 1, **{**ANYHOW, "may_start": lambda: len(said) < 2}
    ):
        said.append((place, thing))
    assert said == [(0, "done"), (1, "done")]


def endless(tmp_path):
    def work(tell, ends):
        tell("begun")
        assert not waits_for(tmp_path / "never", ends)
        tell("asked")

    return work


def test_tasks_are_asked_to_stop(tmp_path):
    said = []
    asked = lambda: len(said) >= 2  # noqa: E731
    for told_by in side_by_side([endless(tmp_path)] * 3, 2, **{**ANYHOW, "asked_to_stop": asked}):
        said.append(told_by)
    assert sorted(said) == [(0, "asked"), (0, "begun"), (1, "asked"), (1, "begun")]


def test_who_stops_listening_ends_them(tmp_path):
    def work(tell, ends):
        tell(os.getpid())
        assert not waits_for(tmp_path / "never", ends)
        (tmp_path / "ended").touch()

    tasks = side_by_side([work], 1, **ANYHOW)
    _, process = next(tasks)
    tasks.close()
    assert (tmp_path / "ended").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_they_end_when_the_one_that_started_them_dies(tmp_path):
    def work(tell, ends):
        (tmp_path / "begun").touch()
        assert not waits_for(tmp_path / "never", ends)
        tell("nobody hears this")
        (tmp_path / "ended").touch()

    parent = os.fork()
    if parent == 0:
        try:
            told([work])
        finally:
            os._exit(0)
    assert waits_for(tmp_path / "begun")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert waits_for(tmp_path / "ended")


def test_without_fork_they_follow_each_other_here(monkeypatch):
    monkeypatch.setattr(module, "can_fork", lambda: False)
    said = []
    tasks = [lambda tell, ends: tell(os.getpid())] * 3
    for thing in side_by_side(tasks, 2, **{**ANYHOW, "asked_to_stop": lambda: len(said) == 2}):
        said.append(thing)
    assert said == [(0, os.getpid()), (1, os.getpid())]
