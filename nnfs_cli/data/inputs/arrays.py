"""Input arrays: the examples of a file of numbers, some at a time, each of them answerable or with a reason why not."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnfs_cli.data.examples import as_found, as_numbers, each_not_finite, refuse_words
from nnfs_cli.data.formats.stored import Stored
from nnfs_cli.data.inputs.layout import count_examples
from nnfs_cli.data.inputs.remarks import feature_names
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.scales import Limits, has_scale, refuse_other_limits
from nnfs_cli.nn.embeddings import each_no_row
from nnfs_cli.nn.shapes import Array

MOST_ROWS, NUMBERS, PASS = 4096, 1 << 20, 256
"""The most examples of a block, the most numbers of their inputs and outputs, and what a network takes at once."""


class InputArray:
    """The examples of a stored array.

    It is read once before its first example is answered where its scale decides about all of them, or where damage
    shows at its end only.

    Args:
        where: the name of the file, for errors.
        preparation: of the model that predicts.

    Attributes:
        limits: of all numbers that are finite; of none where their scale is no matter.

    Raises:
        DataError: the file is damaged, or holds no such examples, or numbers on another scale.
    """

    def __init__(self, stored: Stored, where: str, preparation: Preparation):
        refuse_words(stored.dtype, where)
        self.where, self.dtype, self.limits = where, stored.dtype, Limits()
        self._names, self._tables = feature_names(preparation), preparation.spec.embeddings
        self._stored, self._shape = stored, preparation.spec.input_shape
        self._count = count_examples(self._shape, stored.shape, where)
        self._rows = rows_at_once(preparation)
        if stored.packed or has_scale(preparation):
            for x in self._read():
                usable = np.delete(x, [row for row, *_ in each_not_finite(x)], axis=0)
                self.limits = self.limits.with_those_of(usable)
            refuse_other_limits(where, self.limits, stored.dtype, preparation)

    def blocks(self) -> Iterator[tuple[Array, dict[int, str]]]:
        """Examples (n, *shape), zeros for those that cannot be answered, and why they cannot, by their place.

        Raises:
            DataError: the file is damaged.
        """
        start = 0
        for x in self._read():
            errors = {
                row: f"{self.where}[{start + row}]: {table.expected(x[row, feature])}. Give rows of the table as .csv."
                for row, feature, table in each_no_row(x, self._tables)
            }
            errors |= {row: self._reason(start, x, (row, *position)) for row, *position in each_not_finite(x)}
            x[list(errors)] = 0
            yield x, errors
            start += len(x)

    def _read(self) -> Iterator[Array]:
        for block in self._stored.read(self._count, self._rows):
            yield as_numbers(block, self.where).reshape(-1, *self._shape)

    def _reason(self, start: int, x: Array, bad: tuple[int, ...]) -> str:
        row, *axes = bad
        feature = self._names.get(axes[0], f"feature {axes[0]}") if len(axes) == 1 else f"feature {tuple(axes)}"
        return f"{self.where}[{start + row}]: {feature}: expected a finite number, got {as_found(x[bad])}."


def rows_at_once(preparation: Preparation) -> int:
    """How many examples are held in memory at once, with their answers."""
    rows = max(1, min(MOST_ROWS, NUMBERS // (math.prod(preparation.spec.input_shape) + preparation.spec.outputs)))
    return rows - rows % PASS if rows > PASS else rows
