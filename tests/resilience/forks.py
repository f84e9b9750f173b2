"""Forks: work in processes that may die, from one that has everything imported already."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from nnfs_cli.cli.main import run
from tests.cli.program import Done

SECONDS_UNTIL_A_TEST_HANGS = 300
started: set[int] = set()
"""The processes that nobody has waited for yet."""
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def forked(work: Callable[[], int | None]) -> int:
    """Start work in a process of its own, whose exit code is what the work returns; the process's id."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work() or 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    started.add(child)
    return child


def wait(child: int) -> int:
    """The exit code of a process, or minus the number of the signal that killed it."""
    return wait_for_one([child])[1]


def wait_for_one(children: list[int]) -> tuple[int, int]:
    """The first process that ends, and its exit code or minus the number of the signal that killed it."""
    deadline = time.monotonic() + SECONDS_UNTIL_A_TEST_HANGS
    while time.monotonic() < deadline:
        for child in children:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                started.discard(child)
                return child, os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    raise TimeoutError(f"processes {children} hang")


def end_all() -> None:
    """Kill the processes that are left when a test has failed."""
    for child in [*started]:
        os.kill(child, signal.SIGKILL)
        wait(child)


def forked_nnfs(name: str, *arguments: str, before: Callable[[], object] = lambda: None) -> int:
    """Start a command in a process of its own; what it says goes into the files `name`.out and `name`.err."""

    def command() -> int:
        with open(f"{name}.out", "w") as sys.stdout, open(f"{name}.err", "w") as sys.stderr:
            before()
            return run(list(arguments))

    return forked(command)


def said(name: str, code: int) -> Done:
    """What a command said that was started by `forked_nnfs`, and its exit code."""
    done = Done(code, Path(f"{name}.out").read_text(), Path(f"{name}.err").read_text())
    assert "Traceback" not in done.err
    return done


class Gate:
    """Processes that are started before it opens pass it in the same instant."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()

    def wait(self) -> None:
        """Wait until it opens; for the processes."""
        os.close(self._writer)
        os.read(self._reader, 1)

    def open(self) -> None:
        """Let all of them pass; for who started them."""
        os.close(self._writer)
        os.close(self._reader)
