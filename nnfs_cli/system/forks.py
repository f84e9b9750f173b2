"""Forks: processes that do a part of the work of this one, and never outlive it."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from nnfs_cli.errors import MachineError, lacks_memory

SIGNALS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
"""What ends the program: the process that the user started hears it, and ends the others."""

BLOCK = 1 << 16

Tell = Callable[[Any], None]


def can_fork() -> bool:
    """Whether the system can, as Windows cannot."""
    return hasattr(os, "fork")


def fork(work: Callable[[], NoReturn], note: Callable[[int], None]) -> None:
    """Fork a process; no signal comes before it ignores them, or before its number is noted.

    Args:
        work: its life; it ends the process and never returns into the program that it was forked from.
        note: is told the number of the process.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        child = os.fork()
        if child == 0:
            _live(work)
        note(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(work: Callable[[], NoReturn]) -> NoReturn:
    try:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        work()
    finally:
        os._exit(1)


def told_by(count: int, work: Callable[[Tell], None], *, what: str) -> Iterator[Any]:
    """Let so many processes do the same work, and hand on what each tells, as it comes. Close it to end them at once.

    Args:
        work: gets a function that tells the caller something that JSON can hold; ends early where `orphaned`.
        what: the processes do, as an error says it.

    Raises:
        MachineError: a process failed or died.
        MemoryError: it found no memory.
    """
    children: dict[int, int] = {}
    try:
        for _ in range(count):
            start(work, children)
        yield from _lines(children, what)
    finally:
        for reader, child in children.items():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reader)


def orphaned(parent: int) -> bool:
    """Whether the process with this number, the parent, is gone."""
    return os.getppid() != parent


def start(work: Callable[[Tell], None], children: dict[int, int]) -> None:
    """Start a process that tells something.

    Args:
        children: the numbers of all such processes by the pipe from which each is heard; the new one comes last.
    """
    reader, writer = os.pipe()
    try:
        fork(lambda: _work(work, writer, [reader, *children]), lambda child: children.update({reader: child}))
    except BaseException:
        if reader not in children:
            os.close(reader)
        raise
    finally:
        os.close(writer)


def _work(work: Callable[[Tell], None], writer: int, readers: Iterable[int]) -> NoReturn:
    """The life of a process. It keeps no end to read from, so that it cannot wait for a reader that is gone.

    What was there before is left out of its searches for garbage, for which all of it would be copied.
    """
    for reader in readers:
        os.close(reader)

    def tell(thing: Any) -> None:
        line = memoryview(json.dumps(thing).encode() + b"\n")
        while line:
            line = line[os.write(writer, line) :]

    gc.freeze()
    try:
        work(lambda thing: tell([thing]))
        tell("done")
    except BaseException as error:
        tell({"memory": str(error)} if lacks_memory(error) else {"failed": f"{type(error).__name__}: {error}"})
    os._exit(0)


def _lines(children: dict[int, int], what: str) -> Iterator[Any]:
    """What the processes tell, until all of them have said that they are done."""
    unread = dict.fromkeys(children, b"")
    with selectors.DefaultSelector() as selector:
        for reader in children:
            selector.register(reader, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                *lines, unread[key.fd] = (unread[key.fd] + read_from(key.fd, what)).split(b"\n")
                for line in map(json.loads, lines):
                    if line == "done":
                        selector.unregister(key.fd)
                    else:
                        yield content(line, what)


def read_from(reader: int, what: str) -> bytes:
    """What was told since the last time, in lines of JSON.

    Raises:
        MachineError: the process died.
    """
    block = os.read(reader, BLOCK)
    if not block:
        raise MachineError(f"a process that {what} was killed from outside. Is there enough memory?")
    return block


def content(line: Any, what: str) -> Any:
    """The thing that a line tells.

    Raises:
        MachineError, MemoryError: it tells that the process failed.
    """
    match line:
        case [thing]:
            return thing
        case {"memory": text}:
            raise MemoryError(text)
        case _:
            raise MachineError(f"a process that {what} failed: {line['failed']}")
