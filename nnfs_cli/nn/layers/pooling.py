"""Pooling: the largest value of each window stands for all of it."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.windows import count_windows, positions, windows
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, image_size, pair
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("max_pool2d")
class MaxPool2D(Layer):
    """The maximum over windows of every channel; the gradient goes to the first maximum of a window, as in PyTorch.

    Shapes: x (channels, height, width, N), y (channels, rows, columns, N) with rows = (height - size) // stride + 1;
    what is left over below and to the right is not looked at.

    Args:
        size: the window, one number or (height, width).
        stride: steps between windows, one number or (vertical, horizontal); the size if left out.

    Raises:
        ShapeError: one example is not an image, or is smaller than the window.
    """

    results_may_be_overwritten = True
    selects = True

    def __init__(
        self,
        size: PositiveInt | tuple[PositiveInt, PositiveInt] = 2,
        stride: PositiveInt | tuple[PositiveInt, PositiveInt] | None = None,
    ):
        self.size = size
        self.stride = size if stride is None else stride

    def build(self, input_shape: Shape) -> Shape:
        channels, *size = image_size(input_shape)
        self.kernel, self.step = pair(self.size), pair(self.stride)
        self.output = tuple(count_windows(size[axis], self.kernel[axis], self.step[axis]) for axis in (0, 1))
        covered = tuple(self.output[axis] * self.step[axis] for axis in (0, 1))
        self.covers_once = self.kernel == self.step and covered == tuple(size)
        return (channels, *self.output)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        """The largest value so far, position by position; a position that beats all before it is remembered."""
        self.input_shape = x.shape
        first, *others = (windows(x, self.kernel, self.step)[:, i, j] for i, j in positions(self.kernel))
        y = self.workspace.array("y", first.shape, x.dtype)
        self.beats = self.workspace.array("beats", (len(others), *first.shape), np.dtype(bool))
        best = first
        for other, beats in zip(others, self.beats, strict=True):
            np.greater(other, best, out=beats)
            best = np.maximum(best, other, out=y)
        if not others:
            np.copyto(y, first)
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        """The last position that beat all before it gets the gradient; what nobody takes is the first position's."""
        dx = self.workspace.array("dx", self.input_shape, dy.dtype)
        if not self.covers_once:
            dx.fill(0)
        first, *others = (windows(dx, self.kernel, self.step)[:, i, j] for i, j in positions(self.kernel))
        share, left = (self.workspace.array(name, dy.shape, dy.dtype) for name in ("share", "left"))
        np.copyto(left, dy)
        for other, beats in zip(reversed(others), self.beats[::-1], strict=True):
            left -= np.multiply(left, beats, out=share)
            self._give(other, share)
        self._give(first, left)
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        beats = (math.prod(self.kernel) - 1) * math.prod(y.shape)
        back = {"dx": x.nbytes, "share": y.nbytes, "left": y.nbytes} if dx else {}
        return {"y": y.nbytes, "beats": beats, **back}

    def _give(self, part: Array, share: Array) -> None:
        """Hand a share to a part of all windows; where every pixel is in one window, nothing is to be added up."""
        if self.covers_once:
            np.copyto(part, share)
        else:
            part += share
