"""Elementwise: what functions of one number, applied to each, have in common."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.windows import row_blocks
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape


class Elementwise(Layer):
    """y = f(x) and dx = f'(x) dy, number by number, in blocks that stay in the cache between the passes of a formula.

    Shapes: any; y has the shape of x.

    Attributes:
        results_may_be_overwritten: false where the slope is computed from y.
        scratch: the names of further arrays that `function` needs, and those that `slope` needs.
    """

    results_may_be_overwritten = True
    scratch: ClassVar[tuple[tuple[str, ...], tuple[str, ...]]] = ((), ())

    @abstractmethod
    def function(self, x: Array, y: Array) -> None:
        """Write f(x) into y."""

    @abstractmethod
    def slope(self, x: Array, y: Array, out: Array) -> None:
        """Write f'(x) into out; y means something only if results may not be overwritten."""

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.x, self.y = x, self.room("y", x)
        for block in _blocks(x.shape, x.itemsize):
            self.function(x[block], self.y[block])
        return self.y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        dx = self.room("dx", dy)
        for block in _blocks(dy.shape, dy.itemsize):
            self.slope(self.x[block], self.y[block], dx[block])
            dx[block] *= dy[block]
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        forward, backward = self.scratch
        block = y.nbytes // y.shape[0] * next(_blocks(y.shape, y.itemsize)).stop
        whole = dict.fromkeys(("y", "dx") if dx else ("y",), y.nbytes)
        return {**dict.fromkeys((*forward, *(backward if dx else ())), block), **whole}

    def room(self, name: str, like: Array) -> Array:
        """The array with a name, of a shape and type."""
        return self.workspace.array(name, like.shape, like.dtype)


def _blocks(shape: Shape, itemsize: int) -> Iterator[slice]:
    """All rows, a few at a time: about four arrays are at work at once."""
    return row_blocks(shape[0], 4 * itemsize * math.prod(shape[1:]))


def sigmoid(x: Array, out: Array, scratch: Array) -> None:
    """Write 1 / (1 + exp(-x)) into out, by exp(-|x|), which never overflows and keeps all digits of small results."""
    np.abs(x, out=scratch)
    np.negative(scratch, out=scratch)
    np.exp(scratch, out=scratch)
    np.add(scratch, 1, out=out)
    np.copyto(scratch, 1, where=x >= 0)
    np.divide(scratch, out, out=out)
