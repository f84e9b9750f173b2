"""Durable: the one place that writes what must last.

A file that is replaced holds either all of the old bytes or all of the new, whatever happens in between: the new ones
go to a temporary name, reach the disk, and take the place of the old ones in one step.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import files
from nnfs_cli.system import permissions
from nnfs_cli.system.temporary import TEMPORARY, free_name, temporary

NO_SYNC = {
    *(errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF),
    *(errno.EPERM, errno.EACCES, errno.EISDIR),
}
"""How file systems say that they do not sync directories, such as network shares and some in user space."""

Content = bytes | str | Iterable[bytes | memoryview]
BLOCK = 1 << 20


def replace(path: Path, data: Content, head: Callable[[], bytes] | None = None) -> None:
    """Write a whole file. It has the permissions of the one that it replaces, a link is replaced as such.

    Args:
        data: text, bytes, or pieces of bytes in their order, none of which is copied.
        head: what takes the place of the first bytes, asked for when all pieces are written.

    Raises:
        MachineError: the disk is full, broken or read-only; the old file is as it was.
    """
    with explained(path), temporary(free_name(path)) as new:
        try:
            _write(new, data, head, permissions.plain_status(path))
            os.replace(new, path)
            sync_directory(path.parent)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def create(path: Path, data: bytes) -> None:
    """Write a whole file under a name that nothing has, which is found out in the moment in which the file gets it.

    Raises:
        FileExistsError: something has the name, if only a link to nothing; it is as it was.
        MachineError: the disk is full, broken or read-only.
    """
    with explained(path), temporary(free_name(path)) as new:
        try:
            _write(new, data)
            free = _name_first(new, path)
        finally:
            new.unlink(missing_ok=True)
        sync_directory(path.parent)
    if not free:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def replace_keeping(path: Path, data: Content, second: Path) -> None:
    """Write a whole file, and keep the one that was there under a second name.

    The new file is in place before the old backup is replaced, so that two whole files are there at any
    moment.

    Raises:
        MachineError: the disk is full, broken or read-only; both files are as they were, or the new one is in place.
    """
    with temporary(free_name(path)) as old:
        named = _name_too(path, old)
        try:
            replace(path, data)
            if named:
                with explained(second):
                    os.replace(old, second)
                    sync_directory(second.parent)
        finally:
            if named:
                remove(old)


def make_directory(path: Path) -> None:
    """Make a directory with all above it, so that their names last.

    Raises:
        OSError: the system refuses.
    """
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True)
    sync_directory(path.parent)


def sweep(folder: Path) -> None:
    """Remove the temporary files of a program that was killed. Only for who owns the folder alone.

    Raises:
        MachineError: the disk refuses.
    """
    for path in folder.glob(".*.tmp"):
        if TEMPORARY.fullmatch(path.name) and not (path.is_dir() and not path.is_symlink()):
            remove(path)


def remove(path: Path) -> None:
    """Remove a file, if it is there.

    Raises:
        MachineError: the disk refuses.
    """
    with explained(path):
        path.unlink(missing_ok=True)


def append(path: Path, text: str) -> None:
    """Write at the end of a plain file, which is made if it is not there.

    Raises:
        MachineError: the disk is full, broken or read-only, or it is no plain file.
    """
    _separate(path)
    with explained(path), open(path, "a", encoding="utf-8", newline="", opener=files.opener) as file:
        file.write(text)
        file.flush()
        sync(file.fileno())


def truncate(path: Path, length: int) -> None:
    """Cut a file to its first bytes, if it is longer.

    Raises:
        MachineError: the disk is broken or read-only.
    """
    _separate(path)
    with explained(path), open(path, "r+b", opener=files.opener) as file:
        if os.fstat(file.fileno()).st_size > length:
            os.ftruncate(file.fileno(), length)
            sync(file.fileno())


def sync(descriptor: int) -> None:
    """Wait until the disk has the file."""
    os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """Wait until the disk has the names in a directory, where the system and the file system let one.

    Raises:
        OSError: the disk failed.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(path, os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's errors about a path into one that a user can act on."""
    try:
        yield
    except files.NotPlain as error:
        raise MachineError(f"{path}: {error.strerror}.") from error
    except OSError as error:
        raise MachineError(f"{path}: cannot be written: {error.strerror or error}.") from error


def _write(
    new: Path, data: Content, head: Callable[[], bytes] | None = None, old: os.stat_result | None = None
) -> None:
    """Write a file that is not there yet, to the disk, with the permissions of an old one."""
    with open(new, "xb", opener=functools.partial(permissions.made_for, old)) as file:
        for piece in _pieces(data):
            file.write(piece)
        if head is not None:
            file.seek(0)
            file.write(head())
        file.flush()
        if old is not None:
            permissions.give(file.fileno(), old)
        sync(file.fileno())


def _pieces(data: Content) -> Iterable[bytes | memoryview]:
    if isinstance(data, str):
        return [data.encode()]
    return [data] if isinstance(data, bytes) else data


def _name_too(path: Path, name: Path) -> bool:
    """Give a file another name, or make a copy where the file system knows no second names; whether there is one."""
    with explained(path):
        try:
            os.link(path, name)
        except FileNotFoundError:
            return False
        except OSError:
            _copy(path, name)
    return True


def _name_first(new: Path, path: Path) -> bool:
    """Give a file its name; whether that was free. Where the file system knows no second names, it is taken empty."""
    try:
        os.link(new, path)
    except FileExistsError:
        return False
    except OSError:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return False
        try:
            os.replace(new, path)
        except BaseException:
            path.unlink()
            raise
    return True


def _separate(path: Path) -> None:
    """Give a file that has other names (hard links) bytes of its own, so that what they lead to stays as it is."""
    status = permissions.plain_status(path)
    if status is not None and status.st_nlink > 1:
        with explained(path):
            _copy(path, path)


def _copy(path: Path, name: Path) -> None:
    with os.fdopen(files.descriptor_of(path, os.O_RDONLY), "rb") as file:
        replace(name, iter(lambda: file.read(BLOCK), b""))
