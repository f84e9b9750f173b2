"""Gathered: examples that come in blocks, in one array that grows with them."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.examples import as_numbers
from nnfs_cli.nn.shapes import Array

_SPARE = 8
"""An eighth of the rows is held ready for more, where there are many."""


class Gathered:
    """Numbers (N, width) in single precision as long as it loses no digit, else in double precision.

    The memory grows where it is, so that no number is there twice.

    Args:
        width: how many numbers a row has.
        where: the name of the file, for errors.
    """

    def __init__(self, width: int, where: str):
        self._where, self._rows = where, 0
        self._x = np.empty((0, width), np.float32)

    def __len__(self) -> int:
        return self._rows

    def add(self, block: Array) -> None:
        """Take in rows (n, width) float64."""
        block, stop = as_numbers(block, self._where), self._rows + len(block)
        if block.dtype != self._x.dtype and self._x.dtype == np.float32:
            self._x = self._x.astype(np.float64)
        if stop > len(self._x):
            self._resize(stop + stop // _SPARE)
        self._x[self._rows : stop] = block
        self._rows = stop

    def whole(self) -> Array:
        """All rows; nothing more is added after."""
        self._resize(self._rows)
        return self._x

    def _resize(self, rows: int) -> None:
        self._x.resize((rows, self._x.shape[1]), refcheck=False)
