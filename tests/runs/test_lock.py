"""Lock: one owner at a time, told by name; free as soon as the owner is gone, however it went."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import lock

OWNER = r"""
import os, sys, time
from pathlib import Path
from nnfs_cli.runs.lock import owned
with owned(Path(sys.argv[1])):
    if len(sys.argv) > 2 and os.fork() == 0:
        os.write(1, b"worker %d\n" % os.getpid())
        time.sleep(600)
    os.write(1, b"owner %d\n" % os.getpid())
    time.sleep(600)
"""


@pytest.fixture
def owner(tmp_path):
    """A process that owns tmp_path; `owner(worker=True)` forks another, whose number is the second answer."""
    started = []

    def start(*, worker: bool = False) -> tuple[subprocess.Popen, dict[str, int]]:
        arguments = [sys.executable, "-c", OWNER, str(tmp_path), *(["fork"] if worker else [])]
        variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=variables)
        numbers = dict(process.stdout.readline().split() for _ in range(1 + worker))
        started.append((process, {name: int(number) for name, number in numbers.items()}))
        return started[-1]

    yield start
    for process, numbers in started:
        for number in numbers.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.communicate()


def test_the_second_is_told_who_the_first_is(tmp_path):
    with lock.owned(tmp_path):
        assert lock.in_use(tmp_path)
        with (
            pytest.raises(MachineError, match=rf"is in use by process {os.getpid()} since 2\d\d\d-"),
            lock.owned(tmp_path),
        ):
            pass
        assert lock.in_use(tmp_path)
    assert not lock.in_use(tmp_path)
    assert (tmp_path / ".lock").read_bytes() == b""


def test_an_error_of_the_owner_frees_it(tmp_path):
    with pytest.raises(ZeroDivisionError), lock.owned(tmp_path):
        raise ZeroDivisionError
    assert not lock.in_use(tmp_path)


def test_nobody_uses_what_nobody_ever_locked(tmp_path):
    assert not lock.in_use(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("worker", [False, True])
def test_a_kill_frees_it_though_a_worker_lives_on(tmp_path, owner, worker):
    process, numbers = owner(worker=worker)
    assert lock.in_use(tmp_path)
    process.kill()
    process.wait()
    with lock.owned(tmp_path):
        assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} since")
    if worker:
        os.kill(numbers["worker"], 0)


def test_a_folder_that_cannot_be_locked(tmp_path):
    missing = tmp_path / "missing"
    with pytest.raises(MachineError, match=r"missing/\.lock: cannot be written: No such file"), lock.owned(missing):
        pass


@pytest.mark.parametrize("words", [b"precious", b"process" + b"x", b"process 1" + b" " * 200])
def test_what_holds_other_words_is_left_as_it_is(tmp_path, words):
    (tmp_path / ".lock").write_bytes(words)
    with (
        pytest.raises(MachineError, match=r"\.lock: is not a lock of nnfs, it holds something else"),
        lock.owned(tmp_path),
    ):
        pass
    assert (tmp_path / ".lock").read_bytes() == words


@pytest.mark.parametrize("words", [b"", b"proc", b"process 12", b"process 12 since 2026-01-01", b"\0" * 40])
def test_what_a_killed_owner_left_is_written_over(tmp_path, words):
    (tmp_path / ".lock").write_bytes(words)
    with lock.owned(tmp_path):
        assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} since")


def test_the_name_of_an_owner_is_shown_without_what_a_terminal_obeys(tmp_path, owner):
    owner()
    (tmp_path / ".lock").write_bytes(b"process 1\x1b[2J\nmore \xff")
    with pytest.raises(MachineError) as refused, lock.owned(tmp_path):
        pass
    assert str(refused.value) == f"{tmp_path}: is in use by process 1[2Jmore \ufffd. Wait for it, or stop it."
