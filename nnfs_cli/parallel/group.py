"""Process group: the processes that train one network together, each with its share of every batch.

The calls are collectives of MPI, so that a group on many machines can stand behind them: `sum` is Allreduce, `reduce`
Reduce_scatter, `gather` Allgather. Every process makes them in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np

from nnfs_cli.nn.shapes import Array

Record = TypeVar("Record")


class ProcessGroup(Protocol):
    """One process's view of its group. Rank 0 is the process that the user started, the others are workers of it.

    Attributes:
        rank: the number of this process.
        size: how many processes there are.
        mine: a vector of this process alone, which `reduce` adds to those of the others; `reserve` makes it.
    """

    rank: int
    size: int

    @property
    def mine(self) -> Array: ...

    def reserve(self, numbers: int, size: int = 0, dtype: np.dtype | str = "float32") -> None:
        """Make what the processes exchange, before `run`.

        Args:
            numbers: how many `sum` and `reduce` add up in one call, at most.
            size, dtype: of `mine`.
        """

    def common(self, size: int, dtype: np.dtype) -> Array:
        """A vector of zeros of which each process writes a part, and which `gather` completes. Made before `run`."""

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        """Let every process do the work, once for a group; the records are those of rank 0.

        Raises:
            MachineError: another process failed or died.
        """

    def sum(self, numbers: Sequence[float] | Array) -> Array:
        """The sums over all processes, (numbers,) float64, added in the order of ranks."""

    def reduce(self, numbers: Sequence[float] | Array) -> tuple[slice, Array, Array]:
        """Add up `mine` of all processes in the order of ranks, each process a part, and a few numbers as `sum` does.

        The vectors are read until `gather`: nobody writes to them before.

        Returns:
            The part that falls to this process, the sum of that part of all vectors, and the sums of the numbers.
        """

    def gather(self, *vectors: Array) -> None:
        """Wait until every process has written its part of common vectors, and complete them."""


def share(count: int, rank: int, size: int, unit: int = 1) -> slice:
    """The part of `count` things that falls to a rank; parts are multiples of `unit` and differ by one at the most.

    Only what is left over, less than a unit, comes on top of the last part.
    """
    units = count // unit
    stop = count if rank == size - 1 else units * (rank + 1) // size * unit
    return slice(units * rank // size * unit, stop)
