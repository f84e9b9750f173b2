"""Processes: a group of forked processes on one machine, over memory that they share."""

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
from nnfs_cli.parallel.group import Record, share
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

    @property
    def mine(self) -> Array:
        return self._vectors[self.rank]

    def reserve(self, numbers: int, size: int = 0, dtype: np.dtype | str = "float32") -> None:
        self._numbers = self.common(2 * self.size * numbers, np.dtype(np.float64)).reshape(2, self.size, numbers)
        self._vectors = self.common(self.size * size, np.dtype(dtype)).reshape(self.size, size)

    def common(self, size: int, dtype: np.dtype) -> Array:
        return np.frombuffer(mmap.mmap(-1, max(1, size * np.dtype(dtype).itemsize)), dtype, size)

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        try:
            for rank in range(1, self.size):
                self._start(rank, work)
            yield from work()
        finally:
            self._dismiss()

    def _start(self, rank: int, work: Callable[[], Iterator[Record]]) -> None:
        fork(lambda: self._work_as(rank, work), lambda child: self._children.update({child: rank}))

    def sum(self, numbers: Sequence[float] | Array) -> Array:
        table = self._post(numbers)
        self._barrier()
        return _sum(table)

    def reduce(self, numbers: Sequence[float] | Array) -> tuple[slice, Array, Array]:
        table, vectors = self._post(numbers), self._vectors
        self._barrier()
        part = share(vectors.shape[1], self.rank, self.size, unit=CACHE_LINE // vectors.itemsize)
        if self._total.size != part.stop - part.start:
            self._total = np.empty(part.stop - part.start, vectors.dtype)
        return part, _sum(vectors[:, part], self._total), _sum(table)

    def gather(self, *vectors: Array) -> None:
        self._barrier()

    def _post(self, numbers: Sequence[float] | Array) -> Array:
        """Write numbers where all see them after the next barrier. Two tables in turn: one may still be read."""
        room = self._numbers.shape[-1]
        if len(numbers) > room:
            raise ValueError(f"{len(numbers)} numbers are to be added up, {room} were reserved")
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
        """Busy-wait for some microseconds, as the processes usually arrive together; then yield the core."""
        arrived, position, wanted, turns = self._arrived, 8 * rank, self._round, 0
        while arrived[position] < wanted:
            turns += 1
            if turns > SPINS:
                _yield_core()
            if turns % TURNS_BETWEEN_LOOKS == 0:
                self._look_at_others()
            if turns > TURNS_BEFORE_SLEEP:
                time.sleep(0.0005)

    def _look_at_others(self) -> None:
        if self.rank != 0:
            if os.getppid() != self._started or self._over[0]:
                os._exit(0)
            return
        self._see_who_ended()
        for rank, status in self._ended.items():
            if self._arrived[8 * rank] < self._round:
                raise MachineError(f"worker {rank} of {self.size} ended early: {self._exit_message(status)}.")

    def _see_who_ended(self) -> None:
        """Note those who ended. One who arrived may be done with all its work, however long the others still wait."""
        for child, rank in list(self._children.items()):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                self._ended[rank] = status
                del self._children[child]

    def _exit_message(self, status: int) -> str:
        text = self._message[:].rstrip(b"\0").decode(errors="replace")
        code = os.waitstatus_to_exitcode(status)
        memory = ". Is there enough memory? --workers 1 needs less" if code == -signal.SIGKILL else ""
        return text or (f"killed by signal {-code}{memory}" if code < 0 else f"exit code {code}")

    def _work_as(self, rank: int, work: Callable[[], Iterator[Record]]) -> NoReturn:
        """The main function of a worker, which never returns into the program that it was forked from."""
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
        """Leave no process behind: workers that wait exit, and those that are busy are killed after `PATIENCE`."""
        self._over[0] = 1
        deadline = time.monotonic() + PATIENCE
        while self._children and time.monotonic() < deadline:
            self._see_who_ended()
            time.sleep(0.001)
        for child in self._children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self._children.clear()


def _sum(rows: Array, out: Array | None = None) -> Array:
    """The sum of rows (processes, numbers), added in their order, in a new array or in `out`."""
    total = np.add(rows[0], rows[1], out=out)
    for row in rows[2:]:
        total += row
    return total
