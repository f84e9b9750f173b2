"""Files: what stands in a run directory is opened only if it is a plain file: no link is followed, no pipe waited for.

Whoever hands a run on may have put a link, a pipe or a device in the place of any of its files.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

BINARY = getattr(os, "O_BINARY", 0)
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
NONBLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
KINDS = {
    stat.S_IFLNK: "is a link",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}


class NotPlain(OSError):
    """Something else stands where a plain file or a folder is expected; `strerror` says what."""


def opener(path: str | os.PathLike, flags: int) -> int:
    """For `open(path, mode, opener=opener)`: a plain file, or none that is there yet.

    Raises:
        NotPlain: it is a link, a pipe, a device or a socket.
        OSError: it is a folder, or the system refuses.
    """
    return descriptor_of(path, flags)


def descriptor_of(path: str | os.PathLike, flags: int, mode: int = 0o666, *, follow: bool = False) -> int:
    """Open a plain file as `os.open` does.

    The name is looked at first, because merely to open a device may do something; then what was opened, because the
    name may have changed its meaning in between.

    Args:
        follow: whether the path may be a link; what it leads to must be a plain file all the same.

    Raises:
        NotPlain: it is none.
        OSError: the system refuses.
    """
    with contextlib.suppress(FileNotFoundError):
        _require(path, os.stat(path) if follow else os.lstat(path), stat.S_IFREG)
    descriptor = _open(path, flags | BINARY | (0 if follow else NOFOLLOW), mode)
    try:
        _require(path, os.fstat(descriptor), stat.S_IFREG)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read(path: str | os.PathLike, limit: int | None = None, *, follow: bool = False) -> bytes:
    """A whole plain file.

    Raises:
        NotPlain: it is none.
        OSError: it cannot be read, or has more than `limit` bytes.
    """
    with open(descriptor_of(path, os.O_RDONLY, follow=follow), "rb") as file:
        content = file.read(-1 if limit is None else limit + 1)
    if limit is not None and len(content) > limit:
        raise OSError(errno.EFBIG, f"has more than {limit:,} bytes", os.fspath(path))
    return content


def require_plain(path: Path) -> None:
    """Refuse a path at which something else than a plain file stands; nothing may stand there.

    Raises:
        NotPlain: something else does.
        OSError: a folder does.
    """
    with contextlib.suppress(FileNotFoundError):
        _require(path, os.lstat(path), stat.S_IFREG)


def require_folder(path: Path) -> None:
    """Refuse a path at which something else than a folder stands, such as a link to one; nothing may stand there.

    Raises:
        NotPlain: something else does.
    """
    with contextlib.suppress(FileNotFoundError):
        _require(path, os.lstat(path), stat.S_IFDIR)


def target(path: Path) -> Path:
    """What a path that a user has named leads to if it is a link, else the path as it is."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _open(path: str | os.PathLike, flags: int, mode: int) -> int:
    """A file that another program holds a lease on, such as a server of network shares, has to be waited for."""
    try:
        return os.open(path, flags | NONBLOCK, mode)
    except BlockingIOError:
        return os.open(path, flags, mode)


def _require(path: str | os.PathLike, found: os.stat_result, kind: int) -> None:
    if stat.S_IFMT(found.st_mode) != kind:
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        wanted = "file" if kind == stat.S_IFREG else "folder"
        is_what = KINDS.get(stat.S_IFMT(found.st_mode), "is something else")
        raise NotPlain(errno.EINVAL, f"{is_what}, expected a plain {wanted}. Remove it", os.fspath(path))
