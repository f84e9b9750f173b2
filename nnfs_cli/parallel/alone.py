"""Alone: a team of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.team import Record


class Alone:
    """The one process that there is; it has nobody to share with or to wait for."""

    rank = 0
    size = 1

    def zeros(self, size: int, dtype: np.dtype) -> Array:
        return np.zeros(size, dtype)

    def reserve(self, numbers: int) -> None:
        pass

    def rows(self, size: int, dtype: np.dtype) -> Array:
        return np.zeros((1, size), dtype)

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        return work()

    def sum(self, numbers: Sequence[float]) -> list[float]:
        return list(numbers)

    def reduce(self, rows: Array, numbers: Sequence[float]) -> tuple[slice, Array, list[float]]:
        return slice(0, rows.shape[1]), rows[0], list(numbers)

    def gather(self) -> None:
        pass
