"""Im2col: a convolution as one matrix product with the columns of all patches."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnfs_cli.nn.convolution.windows import Geometry, add_windows, pad, row_blocks, short_buffers, windows
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.workspace import Workspace


class Im2Col:
    """y = W @ columns, some rows of the output at a time, so that the columns stay in the cache.

    The backward pass makes the columns again rather than keep them. Chellapilla et al. 2006.

    Args:
        geometry: of the convolution.
        workspace: of the layer.
        groups: into how many the channels and the filters are divided; each has a product of its own.
    """

    def __init__(self, geometry: Geometry, workspace: Workspace, groups: int = 1):
        self.geometry, self.workspace, self.groups = geometry, workspace, groups

    @short_buffers
    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N)."""
        self.input_shape = x.shape
        padded = pad(x, self.geometry.margins, self.workspace)
        self.patches = windows(padded, self.geometry.kernel, self.geometry.stride, self.geometry.dilation)
        matrix = self._grouped(weight)
        for rows, columns in self._columns():
            part = np.matmul(matrix, columns, out=self._as_matrix(y, rows))
            if bias is not None:
                part += self._grouped(bias)

    def backward(self, dy: Array, weight: Array, grad: Array, *, need_dx: bool) -> Array | None:
        """Set the gradient of W; dx, if it is needed."""
        self._backward_weight(dy, grad)
        return self._backward_input(dy, weight) if need_dx else None

    def _backward_weight(self, dy: Array, grad: Array) -> None:
        """Set the gradient of W, computed transposed: BLAS packs the columns faster as they lie."""
        shape = (self.groups, grad[0].size, len(grad) // self.groups)
        total, part = self.workspace.array("total", shape, dy.dtype), self.workspace.array("part", shape, dy.dtype)
        total.fill(0)
        for rows, columns in self._columns():
            total += np.matmul(columns, self._as_matrix(dy, rows).swapaxes(1, 2), out=part)
        self._grouped(grad)[...] = total.swapaxes(1, 2)

    def _backward_input(self, dy: Array, weight: Array) -> Array:
        """dx from dy."""
        (top, _), (left, _) = self.geometry.margins
        channels, height, width, examples = self.input_shape
        dx = self.workspace.array("dx", (channels, *self.geometry.padded, examples), dy.dtype)
        dx.fill(0)
        patches = windows(dx, self.geometry.kernel, self.geometry.stride, self.geometry.dilation)
        matrix = self._grouped(weight).swapaxes(1, 2)
        for rows in self._blocks():
            columns = self._column_buffer(rows)
            np.matmul(matrix, self._as_matrix(dy, rows), out=self._flat(columns))
            add_windows(columns, patches[:, :, :, rows])
        return dx[:, top : top + height, left : left + width]

    def buffers(self, x: Signal, filters: int, *, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, and a backward pass to W or to x."""
        channels, examples = x.shape[0], x.shape[-1]
        patch = channels * math.prod(self.geometry.kernel)
        padded = channels * math.prod(self.geometry.padded) * examples * x.itemsize
        rows, columns = self.geometry.output
        row_bytes = patch * columns * examples * x.itemsize
        block = next(row_blocks(rows, row_bytes))
        sizes = {"columns": (block.stop - block.start) * row_bytes}
        if self.geometry.padded != self.geometry.size or not x.contiguous:
            sizes["padded"] = padded
        if dw:
            sizes["total"] = sizes["part"] = patch // self.groups * filters * x.itemsize
        return {**sizes, **({"dx": padded} if dx else {})}

    def _blocks(self) -> Iterator[slice]:
        channels, *kernel, rows, columns, examples = self.patches.shape
        return row_blocks(rows, channels * kernel[0] * kernel[1] * columns * examples * self.patches.itemsize)

    def _column_buffer(self, rows: slice) -> Array:
        channels, *kernel, _, columns, examples = self.patches.shape
        shape = (channels, *kernel, rows.stop - rows.start, columns, examples)
        return self.workspace.array("columns", shape, self.patches.dtype)

    def _columns(self) -> Iterator[tuple[slice, Array]]:
        """The patches of some output rows at a time, as (rows, (groups, patch size, patches))."""
        for rows in self._blocks():
            columns = self._column_buffer(rows)
            np.copyto(columns, self.patches[:, :, :, rows])
            yield rows, self._flat(columns)

    def _grouped(self, weight: Array) -> Array:
        """W (filters, ...) as a matrix for each group, (groups, filters of a group, patch size), a view."""
        return weight.reshape(self.groups, len(weight) // self.groups, -1)

    def _flat(self, columns: Array) -> Array:
        """Columns (channels, kernel height, kernel width, rows, columns, N) as matrices, a view."""
        patch = math.prod(columns.shape[:3]) // self.groups
        return columns.reshape(self.groups, patch, math.prod(columns.shape[3:]))

    def _as_matrix(self, y: Array, rows: slice) -> Array:
        """Some rows of y (filters, rows, columns, N) as matrices (groups, filters of a group, patches).

        A view where y is contiguous, as in the forward pass.
        """
        part = y[:, rows]
        return part.reshape(self.groups, len(y) // self.groups, math.prod(part.shape[1:]))
