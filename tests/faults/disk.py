"""Disk: the durable operations of a program, one by one, and the one of them that goes wrong."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from unittest import mock

from nnfs_cli.runs import durable

FAULTS = ("before", "torn", "after", "ENOSPC", "EIO")
"""The process vanishes before, in the middle of, or after an operation; or the operation fails with an error."""


@dataclass(frozen=True)
class Operation:
    """What a program asked of the disk.

    Attributes:
        name: open, write, sync, link, rename, unlink, mkdir, truncate or sync directory; "failed …" if the disk
            said no.
        path: of the file or directory.
        other: the new name of a link or a rename.
        data: what was written.
    """

    name: str
    path: str
    other: str = ""
    data: bytes = b""

    def can(self, fault: str) -> bool:
        """Whether a fault can happen to it: only what has several bytes can be torn."""
        return fault != "torn" or self.name == "write"


class Disk:
    """Stands between the program and its disk while it is entered, and notes all that is asked of it.

    Args:
        at: the number of the operation that goes wrong, counted from 0; none if left out.
        fault: one of `FAULTS`.
    """

    def __init__(self, at: int = -1, fault: str = ""):
        self.at, self.fault = at, fault
        self.operations: list[Operation] = []
        self._paths: dict[int, str] = {}

    def __enter__(self) -> Disk:
        self._patches = contextlib.ExitStack()
        self._patches.enter_context(mock.patch.object(durable, "open", self._open, create=True))
        self._patch("open", self._open_descriptor)
        self._patch("fsync", self._fsync)
        self._patch("link", self._two_names("link"))
        self._patch("replace", self._two_names("rename"))
        self._patch("unlink", self._unlink)
        self._patch("mkdir", self._mkdir)
        self._patch("ftruncate", self._ftruncate)
        self._patch("pwrite", self._pwrite)
        return self

    def __exit__(self, *error: object) -> None:
        self._patches.close()

    def call(self, operation: Operation, act: Callable[[], Any], tear: Callable[[], Any] = lambda: None) -> Any:
        """Carry an operation out, or let it go wrong; `tear` is the first half of it."""
        number = len(self.operations)
        self.operations.append(operation)
        if number == self.at:
            return self._go_wrong(operation, act, tear)
        try:
            return act()
        except OSError:
            self.operations[number] = dataclasses.replace(operation, name=f"failed {operation.name}")
            raise

    def _go_wrong(self, operation: Operation, act: Callable[[], Any], tear: Callable[[], Any]) -> Any:
        match self.fault:
            case "before":
                _vanish()
            case "after":
                with contextlib.suppress(OSError):
                    act()
                _vanish()
            case "torn":
                tear()
                _vanish()
        tear()
        code = getattr(errno, self.fault)
        raise OSError(code, os.strerror(code), operation.path)

    def _patch(self, name: str, function: Callable[..., Any]) -> None:
        """Put a function in the place of one of `os`, which it gets as its first argument."""
        self._patches.enter_context(mock.patch.object(os, name, functools.partial(function, getattr(os, name))))

    def _open(self, path: Any, mode: str, **options: Any) -> _File:
        file = self.call(Operation("open", os.fspath(path)), functools.partial(open, path, mode, **options))
        self._paths[file.fileno()] = os.fspath(path)
        return _File(file, os.fspath(path), self)

    def _open_descriptor(self, original: Callable, path: Any, flags: int, *rest: Any, **options: Any) -> int:
        def act() -> int:
            return original(path, flags, *rest, **options)

        descriptor = self.call(Operation("open", os.fspath(path)), act) if flags & os.O_CREAT else act()
        self._paths[descriptor] = os.fspath(path)
        return descriptor

    def _fsync(self, original: Callable, descriptor: int) -> None:
        path = self._paths[descriptor]
        name = "sync directory" if os.path.isdir(path) else "sync"
        self.call(Operation(name, path), lambda: original(descriptor))

    def _two_names(self, name: str) -> Callable[..., None]:
        def function(original: Callable, old: Any, new: Any) -> None:
            self.call(Operation(name, os.fspath(old), os.fspath(new)), lambda: original(old, new))

        return function

    def _unlink(self, original: Callable, path: Any, **options: Any) -> None:
        self.call(Operation("unlink", os.fspath(path)), lambda: original(path, **options))

    def _mkdir(self, original: Callable, path: Any, *rest: Any) -> None:
        self.call(Operation("mkdir", os.fspath(path)), lambda: original(path, *rest))

    def _ftruncate(self, original: Callable, descriptor: int, length: int) -> None:
        self.call(Operation("truncate", self._paths[descriptor]), lambda: original(descriptor, length))

    def _pwrite(self, original: Callable, descriptor: int, data: bytes, offset: int) -> int:
        def put(count: int) -> int:
            return original(descriptor, data[:count], offset)

        operation = Operation("write", self._paths[descriptor])
        return self.call(operation, lambda: put(len(data)), lambda: put(len(data) // 2))


class _File:
    """An open file whose every write is an operation of its own."""

    def __init__(self, file: IO, path: str, disk: Disk):
        self._file, self._path, self._disk = file, path, disk
        self.fileno, self.flush = file.fileno, file.flush

    def write(self, data: Any) -> None:
        def put(count: int) -> None:
            self._file.write(data[:count])
            self._file.flush()

        written = data.encode() if isinstance(data, str) else bytes(data)
        operation = Operation("write", self._path, data=written)
        self._disk.call(operation, lambda: put(len(data)), lambda: put(len(data) // 2))

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


def places(operations: Iterable[Operation], fault: str) -> Iterator[int]:
    """The numbers of the operations that a fault can happen to."""
    return (number for number, operation in enumerate(operations) if operation.can(fault))


def _vanish() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
