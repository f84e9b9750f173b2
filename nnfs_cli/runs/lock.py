"""Lock: one process at a time writes to a run.

The kernel drops the lock when its owner dies, however that happens, so nothing has to be cleaned up after a kill.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable

try:
    import fcntl
except ImportError:
    fcntl = None

NAME = ".lock"
SECONDS_OF_A_LOOK = 0.05
_held: set[int] = set()


@contextlib.contextmanager
def owned(run: Path) -> Iterator[None]:
    """Own a run directory. Where the system has no such locks (Windows), anybody does.

    Raises:
        MachineError: another process owns it.
    """
    with durable.explained(run / NAME):
        descriptor = os.open(run / NAME, os.O_RDWR | os.O_CREAT, 0o666)
    _held.add(descriptor)
    try:
        if not _take(descriptor):
            raise MachineError(f"{run}: is in use by {_owner(descriptor)}. Wait for it, or stop it.")
        try:
            _sign(descriptor, _me())
            yield
        finally:
            _sign(descriptor, "")
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def in_use(run: Path) -> bool:
    """Whether a process owns a run directory at this moment."""
    try:
        descriptor = os.open(run / NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _free(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    """Take the lock if nobody owns it; who only looks whether it is in use has it for a moment, too."""
    if _free(descriptor):
        return True
    time.sleep(SECONDS_OF_A_LOOK)
    return _free(descriptor)


def _free(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if nobody has it, for oneself or shared with others who only look."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _me() -> str:
    return f"process {os.getpid()} since {datetime.now().astimezone().isoformat(sep=' ', timespec='seconds')}"


def _sign(descriptor: int, owner: str) -> None:
    """Say who the owner is, for the message that others get; a full disk may keep it from being said."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)


def _owner(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode(errors="replace") or "another process"


def _let_go() -> None:
    """A forked worker must not hold the lock on after the death of the one that took it."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
