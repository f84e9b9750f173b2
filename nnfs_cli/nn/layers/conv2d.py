"""Conv2D: every output sees one small patch of the image, all with the same weights."""

from __future__ import annotations

from typing import Literal

import numpy as np

from nnfs_cli.nn.initializers import INITIALIZERS, InitializerName, zeros
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.layers.windows import add_windows, count_windows, row_blocks, windows
from nnfs_cli.nn.shapes import Array, Pair, Shape, image_size, pair
from nnfs_cli.nn.variable import Variable
from nnfs_cli.parameters import NonNegativeInt, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("conv2d")
class Conv2D(Layer):
    """The cross-correlation y[f, r, q] = b[f] + sum over c, i, j of W[f, c, i, j] x[c, r s + i, q s + j].

    Computed as a matrix product with the columns of all patches (Chellapilla et al. 2006), some rows of the output
    at a time, so that the columns stay in the cache; the backward pass makes them again rather than keep them.

    Shapes: x (channels, height, width, N), W (filters, channels, kernel height, kernel width), b (filters,),
    y (filters, rows, columns, N) with rows = (height + padding - kernel height) // stride + 1, columns likewise.

    Args:
        filters: number of output channels, at least 1.
        kernel_size: one number, or (height, width).
        stride: steps between patches, one number or (vertical, horizontal).
        padding: zeros around the image, one number or (vertical, horizontal); "valid" is none, "same" gives
            ceil(size / stride) outputs, an odd zero going below and to the right, as in Keras.
        bias: whether b is there.
        init: how W is drawn; b starts at 0.

    Raises:
        ShapeError: one example is not an image, or is smaller than the kernel.
    """

    def __init__(
        self,
        filters: PositiveInt,
        kernel_size: PositiveInt | tuple[PositiveInt, PositiveInt],
        stride: PositiveInt | tuple[PositiveInt, PositiveInt] = 1,
        padding: NonNegativeInt | tuple[NonNegativeInt, NonNegativeInt] | Literal["same", "valid"] = 0,
        bias: bool = True,
        init: InitializerName = "he_uniform",
    ):
        self.filters = filters
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.bias = bias
        self.init = init

    def build(self, input_shape: Shape) -> Shape:
        channels, *size = image_size(input_shape)
        self.kernel, self.step = pair(self.kernel_size), pair(self.stride)
        self.margins = tuple(self._margin(axis, size[axis]) for axis in (0, 1))
        padded = [size[axis] + sum(self.margins[axis]) for axis in (0, 1)]
        self.output = tuple(count_windows(padded[axis], self.kernel[axis], self.step[axis]) for axis in (0, 1))
        patch, area = channels * self.kernel[0] * self.kernel[1], self.kernel[0] * self.kernel[1]
        draw = INITIALIZERS[self.init](fan_in=patch, fan_out=self.filters * area)
        self.variables["weight"] = Variable((self.filters, channels, *self.kernel), draw)
        if self.bias:
            self.variables["bias"] = Variable((self.filters,), zeros)
        return (self.filters, *self.output)

    def forward(self, x: Array, *, training: bool) -> Array:
        self.input_shape = x.shape
        self.patches = windows(self._pad(x), self.kernel, self.step)
        y = self.buffer("y", (self.filters, *self.output, x.shape[3]), x.dtype)
        for rows, columns in self._columns():
            np.matmul(self._matrix(), columns, out=_as_matrix(y, rows))
        if self.bias:
            y += self.variables["bias"].value[:, None, None, None]
        return y

    def backward_variables(self, dy: Array) -> None:
        """The gradient of W is computed transposed: BLAS packs the columns faster as they lie."""
        shape = (self._patch_size(), self.filters)
        total, part = self.buffer("total", shape, dy.dtype), self.buffer("part", shape, dy.dtype)
        total.fill(0)
        for rows, columns in self._columns():
            total += np.matmul(columns, _as_matrix(dy, rows).T, out=part)
        self.variables["weight"].grad.reshape(self.filters, -1)[...] = total.T
        if self.bias:
            np.add.reduce(dy.reshape(self.filters, -1), axis=1, out=self.variables["bias"].grad)

    def backward_input(self, dy: Array) -> Array:
        channels, height, width, examples = self.input_shape
        (top, bottom), (left, right) = self.margins
        dx = self.buffer("dx", (channels, top + height + bottom, left + width + right, examples), dy.dtype)
        dx.fill(0)
        patches = windows(dx, self.kernel, self.step)
        for rows in self._blocks():
            columns = self._column_buffer(rows)
            np.matmul(self._matrix().T, _as_matrix(dy, rows), out=columns.reshape(self._patch_size(), -1))
            add_windows(columns, patches[:, :, :, rows])
        return dx[:, top : top + height, left : left + width]

    def multiply_adds(self) -> int:
        return self.variables["weight"].size * self.output[0] * self.output[1]

    def _margin(self, axis: int, size: int) -> Pair:
        if self.padding == "valid":
            return (0, 0)
        if self.padding == "same":
            total = max((-(-size // self.step[axis]) - 1) * self.step[axis] + self.kernel[axis] - size, 0)
            return (total // 2, total - total // 2)
        return (pair(self.padding)[axis],) * 2

    def _pad(self, x: Array) -> Array:
        """x in contiguous memory with zeros around it; x itself if it is so already."""
        (top, bottom), (left, right) = self.margins
        if not (top or bottom or left or right) and x.flags.c_contiguous:
            return x
        channels, height, width, examples = x.shape
        padded = self.buffer("padded", (channels, top + height + bottom, left + width + right, examples), x.dtype)
        for border in (padded[:, :top], padded[:, top + height :], padded[:, :, :left], padded[:, :, left + width :]):
            border.fill(0)
        padded[:, top : top + height, left : left + width] = x
        return padded

    def _matrix(self) -> Array:
        """W as (filters, channels * kernel height * kernel width)."""
        return self.variables["weight"].value.reshape(self.filters, -1)

    def _patch_size(self) -> int:
        return self.variables["weight"].size // self.filters

    def _blocks(self):
        dtype = self.patches.dtype
        return row_blocks(self.output[0], self._patch_size() * self.output[1] * self.input_shape[3] * dtype.itemsize)

    def _column_buffer(self, rows: slice) -> Array:
        channels, _, _, examples = self.input_shape
        shape = (channels, *self.kernel, rows.stop - rows.start, self.output[1], examples)
        return self.buffer("columns", shape, self.patches.dtype)

    def _columns(self):
        """The patches of some output rows at a time, as (rows, (patch size, patches))."""
        for rows in self._blocks():
            columns = self._column_buffer(rows)
            np.copyto(columns, self.patches[:, :, :, rows])
            yield rows, columns.reshape(self._patch_size(), -1)


def _as_matrix(y: Array, rows: slice) -> Array:
    """Some rows of y (filters, rows, columns, N) as a matrix (filters, patches), a view."""
    run = y.shape[2] * y.shape[3]
    return y.reshape(len(y), -1)[:, rows.start * run : rows.stop * run]
