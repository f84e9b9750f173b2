"""Alone: a group of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.parallel.group import Record


class Alone:
    """The one process that there is; it has nobody to share with or to wait for."""

    rank = 0
    size = 1
    mine: Array

    def reserve(self, numbers: int, size: int = 0, dtype: np.dtype | str = "float32") -> None:
        self.mine = np.zeros(size, dtype)

    def common(self, size: int, dtype: np.dtype) -> Array:
        return np.zeros(size, dtype)

    def run(self, work: Callable[[], Iterator[Record]]) -> Iterator[Record]:
        return work()

    def sum(self, numbers: Sequence[float] | Array) -> Array:
        return np.array(numbers, np.float64)

    def reduce(self, numbers: Sequence[float] | Array) -> tuple[slice, Array, Array]:
        return slice(0, self.mine.size), self.mine, self.sum(numbers)

    def gather(self, *vectors: Array) -> None:
        pass
