"""Durable: the one place that writes what must last.

A file that is replaced holds either all of the old bytes or all of the new, whatever happens in between: the new ones
go to a temporary name, reach the disk, and take the place of the old ones in one step.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from nnfs_cli.errors import MachineError


def replace(path: Path, data: bytes | str) -> None:
    """Write a whole file.

    Raises:
        MachineError: the disk is full, broken or read-only; the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with explained(path):
        try:
            with open(temporary, "wb") as file:
                file.write(data.encode() if isinstance(data, str) else data)
                file.flush()
                sync(file.fileno())
            os.replace(temporary, path)
            sync_directory(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


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
