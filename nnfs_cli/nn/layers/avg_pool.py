"""Average pooling: the mean of each window stands for all of it."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.convolution.windows import positions, windows
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.layers.pooling import ImagePooling, Pooling, SequencePooling
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


class AvgPooling(Pooling):
    """The mean over windows of every channel."""

    def pool(self, x: Array) -> Array:
        patches = windows(x, self.kernel, self.step)
        y = self.workspace.array("y", (len(x), *self.output, x.shape[-1]), x.dtype)
        y.fill(0)
        for i, j in positions(self.kernel):
            y += patches[:, i, j]
        y /= math.prod(self.kernel)
        return y

    def spread(self, dy: Array) -> Array:
        dx = self.workspace.array("dx", self.input_shape, dy.dtype)
        share = np.divide(dy, math.prod(self.kernel), out=self.workspace.array("share", dy.shape, dy.dtype))
        dx.fill(0)
        patches = windows(dx, self.kernel, self.step)
        for i, j in positions(self.kernel):
            patches[:, i, j] += share
        return dx

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes, "share": y.nbytes} if dx else {})}


@LAYERS.register("avg_pool2d")
class AvgPool2D(AvgPooling, ImagePooling):
    """The mean over windows of every channel, as in PyTorch without padding. LeCun et al. 1998, section II.B.

    Shapes: x (channels, height, width, N), y (channels, rows, columns, N) with rows = (height - size) // stride + 1;
    what is left over below and to the right is not looked at.

    Args:
        size: the window, one number or (height, width).
        stride: steps between windows, one number or (vertical, horizontal); the size if left out.

    Raises:
        ShapeError: one example is not an image, or is smaller than the window.
    """


@LAYERS.register("avg_pool1d")
class AvgPool1D(AvgPooling, SequencePooling):
    """The mean over windows of every channel, as in PyTorch without padding.

    Shapes: x (channels, length, N), y (channels, steps, N) with steps = (length - size) // stride + 1; what is left
    over at the end is not looked at.

    Args:
        size: the length of a window.
        stride: from one window to the next; the size if left out.

    Raises:
        ShapeError: one example is not a sequence, or is shorter than the window.
    """
