"""Max pooling: the largest value of each window stands for all of it."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.convolution.windows import positions, windows
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.layers.pooling import ImagePooling, Pooling, SequencePooling
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


class MaxPooling(Pooling):
    """The maximum over windows of every channel."""

    selects = True

    def pool(self, x: Array) -> Array:
        """The largest value so far, position by position; a position that beats all before it is remembered."""
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

    def spread(self, dy: Array) -> Array:
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


@LAYERS.register("max_pool2d")
class MaxPool2D(MaxPooling, ImagePooling):
    """The maximum over windows of every channel; the gradient goes to the first maximum of a window, as in PyTorch.

    Shapes: x (channels, height, width, N), y (channels, rows, columns, N) with rows = (height - size) // stride + 1;
    what is left over below and to the right is not looked at.

    Args:
        size: the window, one number or (height, width).
        stride: steps between windows, one number or (vertical, horizontal); the size if left out.

    Raises:
        ShapeError: one example is not an image, or is smaller than the window.
    """


@LAYERS.register("max_pool1d")
class MaxPool1D(MaxPooling, SequencePooling):
    """The maximum over windows of every channel; the gradient goes to the first maximum of a window, as in PyTorch.

    Shapes: x (channels, length, N), y (channels, steps, N) with steps = (length - size) // stride + 1; what is left
    over at the end is not looked at.

    Args:
        size: the length of a window.
        stride: from one window to the next; the size if left out.

    Raises:
        ShapeError: one example is not a sequence, or is shorter than the window.
    """
