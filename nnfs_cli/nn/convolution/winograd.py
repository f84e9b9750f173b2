"""Winograd: a 3 x 3 convolution with 16 multiplications for every 4 outputs instead of 36.

An output tile of 2 x 2 needs an input tile d of 4 x 4. With the matrices of F(2 x 2, 3 x 3), which stand in
tile_transforms.py, the tile is AT [(G g GT) * (BT d B)] A, and the sum over channels of the products at each of the 16
places is a matrix product over all tiles. The backward pass is the adjoint of each step. Lavin & Gray 2016,
arXiv:1509.09308, section 4.1.

Images are kept with their even and odd columns apart, (channels, height, 2, width / 2, N), so that every step runs over
contiguous memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnfs_cli.nn.convolution.tile_transforms import add_b, apply_a, apply_at, apply_bt, spread_weight, transform_weight
from nnfs_cli.nn.convolution.windows import Geometry, row_blocks, short_buffers
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.workspace import Workspace

CACHE_BYTES = 1400 * 1024
FEW_CHANNELS, MANY_OUTPUTS = 16, 4096
"""From how many channels, and outputs of a channel over the batch, on it is 1.1 to 1.4 times as fast as im2col."""


class Winograd:
    """Convolution by F(2 x 2, 3 x 3), some rows of tiles at a time.

    Args:
        geometry: of the convolution; see `fits`.
        workspace: of the layer.
    """

    def __init__(self, geometry: Geometry, workspace: Workspace):
        self.geometry, self.workspace = geometry, workspace

    @staticmethod
    def fits(geometry: Geometry) -> bool:
        """Whether this is a 3 x 3 convolution without stride or gaps whose output divides into 2 x 2 tiles."""
        rows, columns = geometry.output
        return (
            geometry.kernel == (3, 3)
            and geometry.stride == geometry.dilation == (1, 1)
            and rows % 2 == columns % 2 == 0
        )

    @staticmethod
    def pays(geometry: Geometry, channels: int, filters: int, examples: int) -> bool:
        """Whether it fits and is faster than im2col: measured, with some channels on both sides and many tiles."""
        rows, columns = geometry.output
        many = rows * columns * examples >= MANY_OUTPUTS
        return Winograd.fits(geometry) and min(channels, filters) >= FEW_CHANNELS and many

    @short_buffers
    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N).

        The product at the second row and column of a tile is a part of all its four outputs: it takes the bias along.
        """
        self.input_shape = x.shape
        self.x = self._apart("x", x)
        u = transform_weight(weight)
        for tiles in self._blocks(len(weight)):
            v = self._transform_input(tiles)
            m = self.workspace.array("m", (16, len(weight), v.shape[2]), x.dtype)
            np.matmul(u, v, out=m)
            if bias is not None:
                m[5] += bias[:, None]
            self._transform_output(m, y, tiles)

    @short_buffers
    def backward(self, dy: Array, weight: Array, grad: Array, *, need_dx: bool) -> Array | None:
        """Set the gradient of W; dx, if it is needed. What both need is computed once."""
        du = self._zeros("du", (16, *grad.shape[:2]), grad.dtype)
        if need_dx:
            dx = self._zeros("dx apart", self.x.shape, self.x.dtype)
            ut = transform_weight(weight).swapaxes(1, 2)
        for tiles, dm in self._spread_outputs(dy):
            self._add_du(dm, tiles, du)
            if need_dx:
                self._add_dx(dm, tiles, ut, dx)
        spread_weight(du, grad)
        return self._together(dx) if need_dx else None

    def buffers(self, x: Signal, filters: int, *, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, and a backward pass to W or to x."""
        channels, examples = x.shape[0], x.shape[-1]
        rows, columns = self.geometry.output
        block = next(_row_blocks(rows, columns, max(filters, channels) * examples * x.itemsize))
        run = (block.stop - block.start) * examples * x.itemsize
        tiles, apart = run * (columns // 2), channels * math.prod(self.geometry.padded) * examples * x.itemsize
        sizes = {"x": apart, "v": 16 * channels * tiles, "m": 16 * filters * tiles}
        sizes |= {"r": 4 * channels * run * self.geometry.padded[1], "half": 8 * filters * tiles}
        sizes["whole"] = 4 * filters * tiles
        if dw or dx:
            sizes |= {"dy": filters * rows * columns * examples * x.itemsize, "d half": 8 * filters * tiles}
        if dw:
            sizes["du"] = sizes["part"] = 16 * filters * channels * x.itemsize
        return {**sizes, **({"dx apart": apart, "dx": x.nbytes} if dx else {})}

    def _zeros(self, name: str, shape: Shape, dtype: np.dtype) -> Array:
        array = self.workspace.array(name, shape, dtype)
        array.fill(0)
        return array

    def _add_du(self, dm: Array, tiles: slice, du: Array) -> None:
        """The gradient of G g GT: the products of dm with BT d B."""
        part = self.workspace.array("part", du.shape, du.dtype)
        du += np.matmul(dm, self._transform_input(tiles).swapaxes(1, 2), out=part)

    def _add_dx(self, dm: Array, tiles: slice, ut: Array, dx: Array) -> None:
        """The gradient of BT d B, spread over the input."""
        dv = self.workspace.array("v", (16, ut.shape[1], dm.shape[2]), dm.dtype)
        self._spread_input(np.matmul(ut, dm, out=dv), dx, tiles)

    def _blocks(self, filters: int) -> Iterator[slice]:
        """Rows of tiles."""
        rows, columns = self.geometry.output
        return _row_blocks(rows, columns, max(filters, self.x.shape[0]) * self.x.shape[-1] * self.x.itemsize)

    def _spread_outputs(self, dy: Array) -> Iterator[tuple[slice, Array]]:
        """A dy AT, some rows of tiles at a time."""
        filters, rows, columns, examples = dy.shape
        apart = self.workspace.array("dy", (filters, rows, 2, columns // 2, examples), dy.dtype)
        np.copyto(apart, dy.reshape(filters, rows, columns // 2, 2, examples).swapaxes(2, 3))
        for tiles in self._blocks(filters):
            yield tiles, self._spread_output(apart, tiles)

    def _transform_input(self, tiles: slice) -> Array:
        """BT d B: (16, channels, tiles)."""
        channels, _, _, pairs, examples = self.x.shape
        count = tiles.stop - tiles.start
        r = self.workspace.array("r", (4, channels, count, 2, pairs, examples), self.x.dtype)
        apply_bt(_tile_rows(self.x, tiles), r)
        v = self.workspace.array("v", (4, 4, channels, count, pairs - 1, examples), self.x.dtype)
        apply_bt(_tile_columns(r), v.swapaxes(0, 1))
        return v.reshape(16, channels, count * (pairs - 1) * examples)

    def _spread_input(self, dv: Array, dx: Array, tiles: slice) -> None:
        """Add B dv BT, the adjoint of `_transform_input`, to dx."""
        channels, _, _, pairs, examples = dx.shape
        count = tiles.stop - tiles.start
        dr = self.workspace.array("r", (4, channels, count, 2, pairs, examples), dx.dtype)
        dr.fill(0)
        dv = dv.reshape(4, 4, channels, count, pairs - 1, examples)
        add_b(dv.swapaxes(0, 1), _tile_columns(dr))
        add_b(dr, _tile_rows(dx, tiles))

    def _transform_output(self, m: Array, y: Array, tiles: slice) -> None:
        """Write AT m A into the rows of y that belong to the tiles."""
        filters, _, columns, examples = y.shape
        count = tiles.stop - tiles.start
        m = m.reshape(4, 4, filters, count, columns // 2, examples)
        half = self.workspace.array("half", (2, *m.shape[1:]), y.dtype)
        apply_at(m, half)
        whole = self.workspace.array("whole", (2, 2, *m.shape[2:]), y.dtype)
        apply_at(half.swapaxes(0, 1), whole.swapaxes(0, 1))
        target = y[:, 2 * tiles.start : 2 * tiles.stop].reshape(filters, count, 2, columns // 2, 2, examples)
        np.copyto(target.transpose(2, 4, 0, 1, 3, 5), whole)

    def _spread_output(self, dy: Array, tiles: slice) -> Array:
        """A dy AT, the adjoint of `_transform_output`: (16, filters, tiles). dy has its columns apart."""
        filters, _, _, pairs, examples = dy.shape
        count = tiles.stop - tiles.start
        rows = dy[:, 2 * tiles.start : 2 * tiles.stop].reshape(filters, count, 2, 2, pairs, examples)
        half = self.workspace.array("d half", (4, filters, count, 2, pairs, examples), dy.dtype)
        apply_a(rows[:, :, 0], rows[:, :, 1], half)
        m = self.workspace.array("m", (4, 4, filters, count, pairs, examples), dy.dtype)
        apply_a(half[:, :, :, 0], half[:, :, :, 1], m.swapaxes(0, 1))
        return m.reshape(16, filters, count * pairs * examples)

    def _apart(self, name: str, x: Array) -> Array:
        """x with zeros around it and its even and odd columns apart."""
        (top, _), (left, _) = self.geometry.margins
        channels, height, _, examples = x.shape
        rows, columns = self.geometry.padded
        apart = self.workspace.array(name, (channels, rows, 2, columns // 2, examples), x.dtype)
        if (rows, columns) != x.shape[1:3]:
            apart.fill(0)
        for parity, inside, outside in _parities(left, x.shape[2]):
            np.copyto(apart[:, top : top + height, parity, outside], x[:, :, inside])
        return apart

    def _together(self, apart: Array) -> Array:
        """The adjoint of `_apart`: without the margins, columns in their order."""
        (top, _), (left, _) = self.geometry.margins
        height, width = self.input_shape[1:3]
        x = self.workspace.array("dx", self.input_shape, apart.dtype)
        for parity, inside, outside in _parities(left, width):
            np.copyto(x[:, :, inside], apart[:, top : top + height, parity, outside])
        return x


def _row_blocks(rows: int, columns: int, pixel_bytes: int) -> Iterator[slice]:
    """Rows of tiles, some at a time; `pixel_bytes` are those of one pixel of the larger of both images."""
    return row_blocks(rows // 2, 8 * columns * pixel_bytes, cache_bytes=CACHE_BYTES)


def _parities(left: int, width: int) -> Iterator[tuple[int, slice, slice]]:
    """For the even and the odd columns of a padded image: which columns of the image these are, and which pairs."""
    for parity in (0, 1):
        first = (parity - left) % 2
        pair = (first + left) // 2
        yield parity, slice(first, width, 2), slice(pair, pair + (width - first + 1) // 2)


def _tile_rows(x: Array, tiles: slice) -> list[Array]:
    """The four rows of every tile: row 2 t + i for i = 0..3."""
    return [x[:, 2 * tiles.start + i : 2 * tiles.stop + i : 2] for i in range(4)]


def _tile_columns(r: Array) -> list[Array]:
    """The four columns of every tile: even q, odd q, even q + 1, odd q + 1."""
    even, odd = r[:, :, :, 0], r[:, :, :, 1]
    return [even[..., :-1, :], odd[..., :-1, :], even[..., 1:, :], odd[..., 1:, :]]
