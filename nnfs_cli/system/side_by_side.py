"""Side by side: a process for each of several tasks, so many at a time, all of which end with this one."""

from __future__ import annotations

import collections
import contextlib
import functools
import json
import os
import select
import selectors
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nnfs_cli.errors import MachineError
from nnfs_cli.system.forks import Tell, can_fork, content, read_from, start

SECONDS_OF_A_LOOK = 0.1
"""So often it is asked whether processes are to end, while none of them tells anything."""

Asked = Callable[[], bool]
Task = Callable[[Tell, Asked], None]


def side_by_side(
    tasks: Sequence[Task], at_once: int, *, may_start: Asked, asked_to_stop: Asked, what: str
) -> Iterator[tuple[int, Any]]:
    """Let a process do each task, so many at a time, and hand on what it tells, as it comes.

    They are asked to stop where this process is asked to, where it dies, and where the iterator is closed, which waits
    for them. Without fork the tasks are done here, one after the other.

    Args:
        tasks: each gets a function that tells something that JSON can hold, and one that says whether it is to end.
        may_start: whether to start another one.
        what: the processes do, as an error says it.

    Yields:
        The place of a task, and what it tells; in the end an error if its process failed or died, which is not raised.
    """
    if not can_fork():
        yield from _one_by_one(tasks, lambda: may_start() and not asked_to_stop(), asked_to_stop)
        return
    team = _Team(what)
    waiting = collections.deque(enumerate(tasks))
    try:
        while waiting or team.children:
            if asked_to_stop():
                team.let_go()
            if team.ends or not may_start():
                waiting.clear()
            while waiting and len(team.children) < at_once:
                team.start(*waiting.popleft())
            yield from team.listen()
    finally:
        team.close()


class _Team:
    """Processes that do tasks, each on a leash: a pipe that this process holds, and lets go of when it dies.

    Attributes:
        children: the numbers of the processes, by the pipe from which each is heard.
        ends: whether they are asked to end.
    """

    def __init__(self, what: str):
        self._what, self.children, self.ends = what, dict[int, int](), False
        self._places, self._unread = dict[int, int](), dict[int, bytes]()
        self._end, self._leash = os.pipe()
        self._selector = selectors.DefaultSelector()

    def start(self, place: int, task: Task) -> None:
        def work(tell: Tell) -> None:
            os.close(self._leash)
            leash = select.poll()
            leash.register(self._end, 0)
            task(functools.partial(_tell_if_heard, tell), lambda: bool(leash.poll(0)))

        start(work, self.children)
        reader = next(reversed(self.children))
        self._places[reader], self._unread[reader] = place, b""
        self._selector.register(reader, selectors.EVENT_READ)

    def listen(self) -> Iterator[tuple[int, Any]]:
        """What was told since the last time; after a moment, if that is nothing."""
        for key, _ in self._selector.select(SECONDS_OF_A_LOOK) if self.children else ():
            reader, place = key.fd, self._places[key.fd]
            try:
                *lines, self._unread[reader] = (self._unread[reader] + read_from(reader, self._what)).split(b"\n")
                for line in map(json.loads, lines):
                    if line == "done":
                        self._leave(reader)
                    else:
                        yield place, content(line, self._what)
            except (MachineError, MemoryError) as error:
                self._leave(reader)
                yield place, error

    def let_go(self) -> None:
        """Ask all to end."""
        if not self.ends:
            self.ends = True
            os.close(self._leash)

    def close(self) -> None:
        """Wait until all have ended."""
        self.let_go()
        for reader in list(self.children):
            self._leave(reader)
        self._selector.close()
        os.close(self._end)

    def _leave(self, reader: int) -> None:
        if reader in self.children:
            self._selector.unregister(reader)
            os.close(reader)
            os.waitpid(self.children.pop(reader), 0)


def _tell_if_heard(tell: Tell, thing: Any) -> None:
    """Tell something; where nobody is left to hear it, the task is to end, and learns that when it asks."""
    with contextlib.suppress(BrokenPipeError):
        tell(thing)


def _one_by_one(tasks: Iterable[Task], go_on: Asked, ends: Asked) -> Iterator[tuple[int, Any]]:
    for place, task in enumerate(tasks):
        if not go_on():
            return
        told = list[Any]()
        task(told.append, ends)
        yield from ((place, thing) for thing in told)
