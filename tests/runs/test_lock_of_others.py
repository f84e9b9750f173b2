"""The lock of others: who may read a run, and not write to it, cannot keep its owner out."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nnfs_cli.runs import lock
from nnfs_cli.sessions.recovery import ended_as
from tests.resilience.forks import forked, needs_fork, wait

fcntl = pytest.importorskip("fcntl")
NOBODY = 65534
UMASKS = [(0o022, 0o600), (0o077, 0o600), (0o002, 0o660), (0, 0o660), (0o020, 0o600), (0o040, 0o600)]
OLDER = [(0o644, 0o600), (0o664, 0o660), (0o666, 0o660), (0o640, 0o600), (0o620, 0o600), (0o777, 0o660)]


@pytest.fixture
def run() -> Iterator[Path]:
    """A run that all may look into, in a folder that all may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "run").mkdir(mode=0o755)
    before = os.umask(0o022)
    yield folder / "run"
    os.umask(before)
    shutil.rmtree(folder)


def mode(run: Path) -> int:
    return stat.S_IMODE((run / lock.NAME).stat().st_mode)


def as_somebody_else(work: Callable[[], int]) -> int:
    """Do something as another user; where the tests do not run as root, as oneself."""

    def become_and_work() -> int:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return work()

    return wait(forked(become_and_work))


@pytest.mark.parametrize(
    ("umask", "given"), [(0o022, 0o600), (0o077, 0o600), (0o002, 0o660), (0, 0o660), (0o020, 0o600)]
)
def test_only_who_may_write_it_may_read_it(run, umask, given):
    os.umask(umask)
    with lock.owned(run):
        assert mode(run) == given
    assert mode(run) == given


@pytest.mark.parametrize(
    ("old", "new"), [(0o644, 0o600), (0o664, 0o660), (0o666, 0o660), (0o640, 0o600), (0o777, 0o660)]
)
def test_an_older_lock_becomes_so(run, old, new):
    (run / lock.NAME).touch()
    (run / lock.NAME).chmod(old)
    with lock.owned(run):
        assert mode(run) == new


def test_a_lock_of_somebody_else_stays_as_it_is(run, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "fchmod", refuse)
    with lock.owned(run):
        assert lock.in_use(run)


@needs_fork
def test_a_reader_cannot_keep_the_owner_out(run):
    """The reader tries to hold the lock as flock(1) does it, and fails; the owner comes next."""
    with lock.owned(run):
        pass

    def hold() -> int:
        if os.geteuid() == os.stat(run).st_uid:
            return 0 if mode(run) & 0o077 == 0 else 1
        with contextlib.suppress(PermissionError):
            fcntl.flock(os.open(run / lock.NAME, os.O_RDONLY), fcntl.LOCK_EX)
            return 1
        return 0

    assert as_somebody_else(hold) == 0


@needs_fork
def test_who_may_not_look_says_what_the_summary_says(run, monkeypatch):
    (run / "summary.json").write_text('{"status": "running"}')
    with lock.owned(run):
        pass
    assert (lock.in_use(run), ended_as(run)) == (False, "killed")

    def look() -> int:
        if os.geteuid() == os.stat(run).st_uid:
            monkeypatch.setattr(os, "open", _refuse)
        return 0 if (lock.in_use(run), ended_as(run)) == (None, "running") else 1

    assert as_somebody_else(look) == 0
    assert lock.in_use(run) is False


def _refuse(*_: object) -> int:
    raise PermissionError
