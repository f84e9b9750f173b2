"""Lock: one process at a time writes to a run.

The kernel drops the lock when its owner dies, however that happens, so nothing has to be cleaned up after a kill.
Whoever may open the file could hold the lock and keep its owner out: only those who may write to it may read it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable, files

try:
    import fcntl
except ImportError:
    fcntl = None

NAME = ".lock"
LONGEST = 200
SIGN = b"process "
"""How the words of every owner begin: what holds others is no lock, and is left as it is."""
SECONDS_OF_A_LOOK = 0.05
_held: set[int] = set()


@contextlib.contextmanager
def owned(run: Path) -> Iterator[None]:
    """Own a run directory. On Windows, which has no such locks, nothing is locked.

    Raises:
        MachineError: another process owns it, or its lock is no plain file.
    """
    with durable.explained(run / NAME):
        descriptor = files.descriptor_of(run / NAME, os.O_RDWR | os.O_CREAT, 0o660)
    _held.add(descriptor)
    try:
        _require_lock(run / NAME, descriptor)
        _keep_others_out(descriptor)
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


def in_use(run: Path) -> bool | None:
    """Whether a process owns a run directory at this moment; None for who may not look at the lock."""
    try:
        descriptor = files.descriptor_of(run / NAME, os.O_RDWR)
    except PermissionError:
        return None
    except OSError:
        return False
    try:
        return not _free(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _require_lock(path: Path, descriptor: int) -> None:
    """Refuse to write into a file that is something else, such as a second name of one elsewhere."""
    words = os.pread(descriptor, LONGEST + 1, 0).strip(b"\0")
    if len(words) > LONGEST or not (words.startswith(SIGN) or SIGN.startswith(words)):
        raise MachineError(f"{path}: is not a lock of nnfs, it holds something else. Remove it.")


def _keep_others_out(descriptor: int) -> None:
    """Let nobody read the lock who may not write to it: its owner, and the group where the umask lets it write."""
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    wanted = mode & 0o600 | (0o060 if mode & 0o060 == 0o060 else 0)
    if wanted != mode and hasattr(os, "fchmod"):
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, wanted)


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
    return f"{SIGN.decode()}{os.getpid()} since {datetime.now().astimezone().isoformat(sep=' ', timespec='seconds')}"


def _sign(descriptor: int, owner: str) -> None:
    """Say who the owner is, for the message that others get; a full disk may keep it from being said."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)


def _owner(descriptor: int) -> str:
    words = os.pread(descriptor, LONGEST, 0).decode(errors="replace")
    return "".join(filter(str.isprintable, words)) or "another process"


def _let_go() -> None:
    """A forked worker must not hold the lock on after the death of the one that took it."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
