"""Team: the processes that train one network together, each with its share of every batch.

The calls are collectives of MPI, so that another team can carry them to many machines: `sum` is Allreduce,
`reduce` Reduce_scatter, `gather` Allgather. Every member makes them in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np

from nnfs_cli.nn.shapes import Array

Record = TypeVar("Record")


class Team(Protocol):
    """One member's view of its team. Rank 0 is the process that the user started."""

    rank: int
    size: int

    def zeros(self, size: int, dtype: np.dtype) -> Array:
        """A vector that all members see. Made before `run`."""

    def reserve(self, numbers: int) -> None:
        """Make room for `sum` and `reduce` to add up so many numbers at once. Called before `run`."""

    def rows(self, size: int, dtype: np.dtype) -> Array:
        """A vector for each member, (team size, size), that `reduce` adds up. Made before `run`."""

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        """Let every member do the work, once for a team; the records are those of rank 0.

        Raises:
            MachineError: another member failed or died.
        """

    def sum(self, numbers: Sequence[float]) -> list[float]:
        """The sums over all members, added in the order of ranks."""

    def reduce(self, rows: Array, numbers: Sequence[float]) -> tuple[slice, Array, list[float]]:
        """Add rows up in the order of ranks, each member a part of them, and beside them a few numbers, as `sum` does.

        The rows are read until `gather`: nobody writes to them before.

        Returns:
            The part that falls to this member, the sum of that part of all rows, and the sums of the numbers.
        """

    def gather(self) -> None:
        """Wait until every member has written its part of the vectors that all see."""


def share(count: int, rank: int, size: int, unit: int = 1) -> slice:
    """The part of `count` things that falls to a rank; parts are multiples of `unit` and differ by one at the most.

    Only what is left over, less than a unit, comes on top of the last part.
    """
    units = count // unit
    stop = count if rank == size - 1 else units * (rank + 1) // size * unit
    return slice(units * rank // size * unit, stop)
