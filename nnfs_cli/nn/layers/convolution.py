"""Convolution: every output sees one small patch, all with the same weights; what conv2d and conv1d share."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.bands import Bands
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.convolution.im2col import Im2Col
from nnfs_cli.nn.convolution.pointwise import Pointwise
from nnfs_cli.nn.convolution.windows import Geometry, extent_of
from nnfs_cli.nn.convolution.winograd import Winograd
from nnfs_cli.nn.layers.affine import Affine
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array, Pair, Shape
from nnfs_cli.text import counted

Algorithm = Bands | Im2Col | Pointwise | Winograd
Padding = tuple[int, int] | Literal["same", "valid"]


class Convolution(Affine):
    """A cross-correlation of images (channels, height, width), with the parameters of a layer that has them.

    Sequences (channels, length) are images of one row.

    Args:
        filters: number of output channels.
        groups: into how many the channels and the filters are divided.
    """

    results_may_be_overwritten = True
    filters: int
    groups: int

    def lay_out(self, image: Shape, kernel: Pair, stride: Pair, dilation: Pair, padding: Padding) -> None:
        """Get ready for images of this shape (channels, height, width).

        Raises:
            ShapeError: the groups are no divisor of the channels and the filters, or not even one window fits.
        """
        channels, *size = image
        if channels % self.groups or self.filters % self.groups:
            raise ShapeError(_indivisible(channels, self.filters, self.groups))
        extent = extent_of(kernel, dilation)
        margins = tuple(_margin(size[axis], extent[axis], stride[axis], padding, axis) for axis in (0, 1))
        self.geometry = Geometry(tuple(size), kernel, stride, margins, dilation)
        self._channels = channels
        self._winograd = Winograd(self.geometry, self.workspace)
        self._direct = self._without_tiles(channels)

    def declare_kernels(self, channels: int, *kernel: int) -> None:
        """Declare W and b. Fan-out is what an input goes into, filters / groups a place; PyTorch counts all filters."""
        own, area = channels // self.groups, math.prod(kernel)
        fan_out = self.filters // self.groups * area
        self.declare((self.filters, own, *kernel), fan_in=own * area, fan_out=fan_out)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        image = x if x.ndim == 4 else x[:, None]
        y = self.workspace.array("y", (self.filters, *self.geometry.output, x.shape[-1]), x.dtype)
        bias = self.variables["bias"].value if self.bias else None
        self.algorithm = self.algorithm_for(x.shape[-1])
        self.algorithm.forward(image, self._kernels(self.variables["weight"].value), bias, y)
        return y if x.ndim == 4 else y[:, 0]

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        if self.bias:
            by_filter = dy.reshape(self.filters, math.prod(dy.shape[1:]))
            np.add.reduce(by_filter, axis=1, out=self.variables["bias"].grad)
        weight = self.variables["weight"]
        image = dy if dy.ndim == 4 else dy[:, None]
        dx = self.algorithm.backward(image, self._kernels(weight.value), self._kernels(weight.grad), need_dx=need_dx)
        return dx if dx is None or dy.ndim == 4 else dx[:, 0]

    def field(self, x: Field) -> Field:
        zeros = tuple(before for before, _ in self.geometry.margins)
        return x.windows(self.geometry.output, self.geometry.extent, self.geometry.stride, zeros)

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        image = x if len(x.shape) == 4 else x._replace(shape=(x.shape[0], 1, *x.shape[1:]))
        return {"y": y.nbytes, **self.algorithm_for(x.shape[-1]).buffers(image, self.filters, dw=dw, dx=dx)}

    def multiply_adds(self) -> int:
        """Of the formula, whatever the algorithm saves."""
        rows, columns = self.geometry.output
        return self.variables["weight"].size * rows * columns

    def algorithm_for(self, examples: int) -> Algorithm:
        """The fastest way for a batch of so many."""
        pays = self.groups == 1 and Winograd.pays(self.geometry, self._channels, self.filters, examples)
        return self._winograd if pays else self._direct

    def _without_tiles(self, channels: int) -> Algorithm:
        if Pointwise.fits(self.geometry):
            return Pointwise(self.geometry, self.workspace, self.groups)
        if 1 < self.groups == channels and Bands.pays(self.geometry):
            return Bands(self.geometry, self.workspace)
        return Im2Col(self.geometry, self.workspace, self.groups)

    def _kernels(self, weight: Array) -> Array:
        """(filters, channels of a group, kernel height, kernel width), a view."""
        return weight if weight.ndim == 4 else weight[:, :, None]


def _indivisible(channels: int, filters: int, groups: int) -> str:
    """The sentence for groups that are no divisor, with the nearest ones that are."""
    fitting = f"groups to a divisor of both, such as {math.gcd(channels, filters)}"
    if channels % groups == 0:
        fitting = f"filters to a multiple of {groups}, or {fitting}"
    what = f"{counted(channels, 'channel')} and {counted(filters, 'filter')}"
    return f"cannot divide {what} into {counted(groups, 'group')}. Set {fitting}."


def _margin(size: int, kernel: int, stride: int, padding: Padding, axis: int) -> Pair:
    """Zeros before and after an axis, for a kernel with its gaps."""
    if padding == "valid":
        return (0, 0)
    if padding == "same":
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        return (total // 2, total - total // 2)
    return (padding[axis],) * 2
