"""Embeddings: what stands before the first layer where some features are words: a learned vector for each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.initializers import zeros
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, vector_length
from nnfs_cli.nn.variable import Variable
from nnfs_cli.text import shown

NAME = "embedding"
"""What its tensors are called before the name of a column."""
WIDTH = 8


class Embedding(NamedTuple):
    """A feature that is the number of a row in a table that is learned.

    Attributes:
        name: of the column.
        rows: how many the table has; row 0 is that of words that the training never saw.
    """

    name: str
    rows: int

    def expected(self, got: float) -> str:
        """What an error says of a number that is none of its rows."""
        name = f"column '{shown(self.name)}'"
        return f"{name}: expected the number of a word, a whole number from 0 to {self.rows - 1:,}, got {got:g}"

    @property
    def width(self) -> int:
        """How many numbers a row has: 8, as in RealMLP (Holzmüller et al. 2024), whatever the number of rows."""
        return WIDTH


def each_no_row(x: Array, tables: Sequence[Embedding]) -> Iterator[tuple[int, int, Embedding]]:
    """Each example in x (N, features) with a number that is no row of its table: its place, the feature, the table.

    The last features are numbers of rows, one for each table; of an example the first one that is none is told.
    """
    if not tables:
        return
    first = x.shape[1] - len(tables)
    codes, rows = x[:, first:], np.array([table.rows for table in tables])
    wrong = ~((codes >= 0) & (codes < rows) & (codes == np.floor(codes)))
    for example in np.flatnonzero(wrong.any(axis=1)).tolist():
        place = int(np.argmax(wrong[example]))
        yield example, first + place, tables[place]


class Embeddings(Layer):
    """y = (the other features of x, E_1[x_1], ..., E_k[x_k]); the last k features of x are numbers of rows.

    Shapes: x (features, N), E_i (rows, width), y (features - k + sum of widths, N). Guo & Berkhahn 2016,
    arXiv:1604.06737. E starts at 0, not at random as in PyTorch: a word that was never trained on adds nothing. A
    number that is no row means the nearest one.
    """

    type_name = NAME

    def __init__(self, tables: Sequence[Embedding]):
        self.tables = tuple(tables)

    def build(self, input_shape: Shape) -> Shape:
        self.others = vector_length(input_shape) - len(self.tables)
        for table in self.tables:
            self.variables[f"{table.name}.weight"] = Variable((table.rows, table.width), zeros(table.rows, table.width))
        return (self.others + sum(table.width for table in self.tables),)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        y = self.workspace.array("y", (*self.output_shape, x.shape[1]), x.dtype)
        y[: self.others] = x[: self.others]
        self.codes, start = x[self.others :].astype(np.intp), self.others
        for variable, codes in zip(self.variables.values(), self.codes, strict=True):
            stop = start + variable.shape[1]
            y[start:stop] = variable.value.take(codes, axis=0, mode="clip").T
            start = stop
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> None:
        start = self.others
        for variable, codes in zip(self.variables.values(), self.codes, strict=True):
            stop = start + variable.shape[1]
            variable.grad[...] = 0
            np.add.at(variable.grad, codes.clip(0, len(variable.grad) - 1), dy[start:stop].T)
            start = stop

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes}
