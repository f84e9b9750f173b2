"""Permissions: a file that takes the place of another belongs to whom that did, and is allowed to whom that was."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def plain_status(path: Path) -> os.stat_result | None:
    """Whose a file is and who may do what with it; None where no plain file stands."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def made_for(old: os.stat_result | None, path: str, flags: int) -> int:
    """Open a new file; nobody but its owner may look into what takes the place of another before it is whole."""
    return os.open(path, flags, 0o666 if old is None else 0o600)


def give(descriptor: int, old: os.stat_result) -> None:
    """Owner, group and mode of another file, as far as the process may and the file system knows them.

    Where the group cannot be kept, what the old one was allowed is not allowed to another one.
    """
    if not hasattr(os, "fchown"):
        return
    mode = stat.S_IMODE(old.st_mode) & 0o777
    for owner, group in ((-1, old.st_gid), (old.st_uid, -1)):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, group)
    if os.fstat(descriptor).st_gid != old.st_gid:
        mode &= 0o707 | (mode & 0o007) << 3
    with contextlib.suppress(OSError):
        os.fchmod(descriptor, mode)
