"""Processes: a team of forked processes on one machine, over memory that they share."""

from __future__ import annotations

import mmap
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

import numpy as np

from nnfs_cli.errors import MachineError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.team import Record, share
from nnfs_cli.system.forks import fork

SPINS = 100
TURNS_BETWEEN_LOOKS = 100
TURNS_BEFORE_SLEEP = 10_000
PATIENCE = 5.0
MESSAGE_BYTES = 4096
CACHE_LINE = 64
_yield_core = getattr(os, "sched_yield", lambda: time.sleep(0))


class Processes:
    """A process for each rank, forked from the one that the user started.

    The shared memory is anonymous: the kernel frees it with the last process, however that one ends.

    Args:
        size: how many processes, at least 2.
    """

    def __init__(self, size: int):
        self.rank = 0
        self.size = size
        self._arrived = memoryview(mmap.mmap(-1, CACHE_LINE * size)).cast("q")
        self.reserve(1)
        self._message = mmap.mmap(-1, MESSAGE_BYTES)
        self._over = mmap.mmap(-1, 1)
        self._total = np.empty(0)
        self._round = 0
        self._fence = threading.Lock()
        self._started = os.getpid()
        self._children: dict[int, int] = {}
        self._ended: dict[int, int] = {}

    def zeros(self, size: int, dtype: np.dtype) -> Array:
        return np.frombuffer(mmap.mmap(-1, max(1, size * np.dtype(dtype).itemsize)), dtype, size)

    def reserve(self, numbers: int) -> None:
        self._numbers = self.zeros(2 * self.size * numbers, np.dtype(np.float64)).reshape(2, self.size, numbers)

    def rows(self, size: int, dtype: np.dtype) -> Array:
        return self.zeros(self.size * size, dtype).reshape(self.size, size)

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        try:
            for rank in range(1, self.size):
                self._start(rank, work)
            yield from work()
        finally:
            self._dismiss()

    def _start(self, rank: int, work: Callable[[], Iterator[Record]]) -> None:
        fork(lambda: self._work_as(rank, work), lambda child: self._children.update({child: rank}))

    def sum(self, numbers: Sequence[float]) -> list[float]:
        table = self._post(numbers)
        self._barrier()
        return _sums(table)

    def reduce(self, rows: Array, numbers: Sequence[float]) -> tuple[slice, Array, list[float]]:
        table = self._post(numbers)
        self._barrier()
        part = share(rows.shape[1], self.rank, self.size, unit=CACHE_LINE // rows.itemsize)
        if self._total.size != part.stop - part.start:
            self._total = np.empty(part.stop - part.start, rows.dtype)
        np.add(rows[0, part], rows[1, part], out=self._total)
        for row in rows[2:]:
            self._total += row[part]
        return part, self._total, _sums(table)

    def gather(self) -> None:
        self._barrier()

    def _post(self, numbers: Sequence[float]) -> Array:
        """Write numbers where all see them after the next barrier. Two tables in turn: one may still be read."""
        table = self._numbers[self._round % 2, :, : len(numbers)]
        table[self.rank] = numbers
        return table

    def _barrier(self) -> None:
        """Wait for all. The lock is a memory fence: what was written before is seen by those who pass."""
        self._round += 1
        with self._fence:
            self._arrived[8 * self.rank] = self._round
        for rank in range(self.size):
            self._wait_for(rank)
        with self._fence:
            pass

    def _wait_for(self, rank: int) -> None:
        """Spin for some microseconds, as members of an even team arrive together; then let others have the core."""
        arrived, place, wanted, turns = self._arrived, 8 * rank, self._round, 0
        while arrived[place] < wanted:
            turns += 1
            if turns > SPINS:
                _yield_core()
            if turns % TURNS_BETWEEN_LOOKS == 0:
                self._check_on_team()
            if turns > TURNS_BEFORE_SLEEP:
                time.sleep(0.0005)

    def _check_on_team(self) -> None:
        if self.rank != 0:
            if os.getppid() != self._started or self._over[0]:
                os._exit(0)
            return
        self._see_who_ended()
        for rank, status in self._ended.items():
            if self._arrived[8 * rank] < self._round:
                raise MachineError(f"worker {rank} of {self.size} ended early: {self._last_words(status)}.")

    def _see_who_ended(self) -> None:
        """Note those who ended. One who arrived may be done with all its work, however long the others still wait."""
        for child, rank in list(self._children.items()):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                self._ended[rank] = status
                del self._children[child]

    def _last_words(self, status: int) -> str:
        text = self._message[:].rstrip(b"\0").decode(errors="replace")
        code = os.waitstatus_to_exitcode(status)
        memory = ". Is there enough memory? --workers 1 needs less" if code == -signal.SIGKILL else ""
        return text or (f"killed by signal {-code}{memory}" if code < 0 else f"exit code {code}")

    def _work_as(self, rank: int, work: Callable[[], Iterator[Record]]) -> NoReturn:
        """The life of a forked process: work, and never return into the program that it was forked from."""
        try:
            self.rank, self._children = rank, {}
            for _ in work():
                pass
            os._exit(0)
        except BaseException as error:
            text = f"{type(error).__name__}: {error}".encode()[:MESSAGE_BYTES]
            self._message[: len(text)] = text
        finally:
            os._exit(1)

    def _dismiss(self) -> None:
        """Leave no process behind: those who wait go home, and after some seconds the rest is killed."""
        self._over[0] = 1
        deadline = time.monotonic() + PATIENCE
        while self._children and time.monotonic() < deadline:
            self._see_who_ended()
            time.sleep(0.001)
        for child in self._children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self._children.clear()


def _sums(table: Array) -> list[float]:
    """The sums of the columns, added row by row."""
    return [sum(column) for column in zip(*table.tolist(), strict=True)]
