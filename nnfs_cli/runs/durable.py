"""Durable: the one place that writes what must last.

A file that is replaced holds either all of the old bytes or all of the new, whatever happens in between: the new ones
go to a temporary name, reach the disk, and take the place of the old ones in one step.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from nnfs_cli.errors import MachineError

Content = bytes | str | Iterable[bytes | memoryview]
BLOCK = 1 << 20


def replace(path: Path, data: Content) -> None:
    """Write a whole file.

    Args:
        data: text, bytes, or pieces of bytes in their order, none of which is copied.

    Raises:
        MachineError: the disk is full, broken or read-only; the old file is as it was.
    """
    temporary = _temporary(path)
    with explained(path):
        try:
            with open(temporary, "xb") as file:
                for piece in _pieces(data):
                    file.write(piece)
                file.flush()
                sync(file.fileno())
            os.replace(temporary, path)
            sync_directory(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def replace_keeping(path: Path, data: Content, second: Path) -> None:
    """Write a whole file, and keep the one that was there under a second name.

    The new one is published before the second name forgets what it stood for, so that two whole files are there at any
    moment.

    Raises:
        MachineError: the disk is full, broken or read-only; both files are as they were, or the new one is in place.
    """
    old = _second_name(path)
    try:
        replace(path, data)
        if old is not None:
            with explained(second):
                os.replace(old, second)
                sync_directory(second.parent)
    finally:
        if old is not None:
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
    """Remove the temporary files of a program that was killed. Only for who owns the folder alone."""
    for temporary in folder.glob(".*.tmp"):
        remove(temporary)


def remove(path: Path) -> None:
    """Remove a file, if it is there.

    Raises:
        MachineError: the disk refuses.
    """
    with explained(path):
        path.unlink(missing_ok=True)


def append(path: Path, text: str) -> None:
    """Write at the end of a file, which is made if it is not there.

    Raises:
        MachineError: the disk is full, broken or read-only.
    """
    with explained(path), open(path, "a", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        sync(file.fileno())


def sync(descriptor: int) -> None:
    """Wait until the disk has the file."""
    os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """Wait until the disk has the names in a directory, where the system lets one."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the system's errors about a path into one that a user can act on."""
    try:
        yield
    except OSError as error:
        raise MachineError(f"{path}: cannot be written: {error.strerror or error}.") from error


def _pieces(data: Content) -> Iterable[bytes | memoryview]:
    if isinstance(data, str):
        return [data.encode()]
    return [data] if isinstance(data, bytes) else data


def _temporary(path: Path) -> Path:
    """A name beside a file that nobody else has, and that is short enough whatever the file is called."""
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


def _second_name(path: Path) -> Path | None:
    """Another name for a file, or a copy where the file system knows no second names; None if there is no file."""
    name = _temporary(path)
    with explained(path):
        try:
            os.link(path, name)
        except FileNotFoundError:
            return None
        except OSError:
            with path.open("rb") as file:
                replace(name, iter(lambda: file.read(BLOCK), b""))
    return name
