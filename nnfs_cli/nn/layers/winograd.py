"""Winograd: a 3 x 3 convolution with 16 multiplications for every 4 outputs instead of 36.

An output tile of 2 x 2 needs an input tile d of 4 x 4. With the matrices of F(2 x 2, 3 x 3),

    BT = 1  0 -1  0      G = 1    0    0      AT = 1  1  1  0
         0  1  1  0          1/2  1/2  1/2         0  1 -1 -1
         0 -1  1  0          1/2 -1/2  1/2
         0  1  0 -1          0    0    1

the tile is AT [(G g GT) * (BT d B)] A, and the sum over channels of the products at each of the 16 places is a matrix
product over all tiles. The backward pass is the adjoint of each step. Lavin & Gray 2016, arXiv:1509.09308, section 4.1.

Images are kept with their even and odd columns apart, (channels, height, 2, width / 2, N), so that every step runs over
contiguous memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnfs_cli.nn.layers.im2col import Buffer
from nnfs_cli.nn.layers.windows import Geometry, row_blocks, short_buffers
from nnfs_cli.nn.shapes import Array

CACHE_BYTES = 1400 * 1024
G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])


class Winograd:
    """Convolution by F(2 x 2, 3 x 3), some rows of tiles at a time.

    Args:
        geometry: of the convolution; see `fits`.
        buffer: gives memory that is kept between calls.
    """

    def __init__(self, geometry: Geometry, buffer: Buffer):
        self.geometry, self.buffer = geometry, buffer

    @staticmethod
    def fits(geometry: Geometry) -> bool:
        """Whether this is a 3 x 3 convolution without stride whose output divides into 2 x 2 tiles."""
        rows, columns = geometry.output
        return geometry.kernel == (3, 3) and geometry.stride == (1, 1) and rows % 2 == columns % 2 == 0

    @staticmethod
    def pays(geometry: Geometry, channels: int, filters: int) -> bool:
        """Whether it fits and is faster than im2col: measured, with 32 channels on both sides and some area."""
        rows, columns = geometry.output
        return Winograd.fits(geometry) and min(channels, filters) >= 32 and rows * columns >= 256

    @short_buffers
    def forward(self, x: Array, weight: Array, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N)."""
        self.input_shape = x.shape
        self.x = self._apart("x", x)
        u = _transform_weight(weight)
        for tiles in self._blocks(weight.shape):
            v = self._transform_input(tiles)
            m = self.buffer("m", (16, len(weight), v.shape[2]), x.dtype)
            np.matmul(u, v, out=m)
            self._transform_output(m, y, tiles)

    @short_buffers
    def backward_weight(self, dy: Array, grad: Array) -> None:
        """Set the gradient of W."""
        dy = self._pairs("dy", dy)
        du = self.buffer("du", (16, *grad.shape[:2]), dy.dtype)
        part = self.buffer("part", du.shape, dy.dtype)
        du.fill(0)
        for tiles in self._blocks(grad.shape):
            dm = self._spread_output(dy, tiles)
            du += np.matmul(dm, self._transform_input(tiles).swapaxes(1, 2), out=part)
        g = G.astype(grad.dtype)
        grad[...] = np.einsum("ia,ijfc,jb->fcab", g, du.reshape(4, 4, *grad.shape[:2]), g, optimize=True)

    @short_buffers
    def backward_input(self, dy: Array, weight: Array) -> Array:
        """dx from dy."""
        dy = self._pairs("dy", dy)
        ut = _transform_weight(weight).swapaxes(1, 2)
        dx = self.buffer("dx apart", self.x.shape, dy.dtype)
        dx.fill(0)
        for tiles in self._blocks(weight.shape):
            dm = self._spread_output(dy, tiles)
            dv = self.buffer("v", (16, weight.shape[1], dm.shape[2]), dy.dtype)
            np.matmul(ut, dm, out=dv)
            self._spread_input(dv, dx, tiles)
        return self._together(dx)

    def _blocks(self, weight_shape: tuple[int, ...]) -> Iterator[slice]:
        """Rows of tiles."""
        rows, columns = self.geometry.output
        row_bytes = 16 * max(weight_shape[:2]) * columns // 2 * self.input_shape[3] * self.x.itemsize
        return row_blocks(rows // 2, row_bytes, cache_bytes=CACHE_BYTES)

    def _transform_input(self, tiles: slice) -> Array:
        """BT d B: (16, channels, tiles)."""
        channels, _, _, pairs, examples = self.x.shape
        count = tiles.stop - tiles.start
        r = self.buffer("r", (4, channels, count, 2, pairs, examples), self.x.dtype)
        _bt(_tile_rows(self.x, tiles), r)
        v = self.buffer("v", (4, 4, channels, count, pairs - 1, examples), self.x.dtype)
        _bt(_tile_columns(r), v.swapaxes(0, 1))
        return v.reshape(16, channels, count * (pairs - 1) * examples)

    def _spread_input(self, dv: Array, dx: Array, tiles: slice) -> None:
        """Add B dv BT, the adjoint of `_transform_input`, to dx."""
        channels, _, _, pairs, examples = dx.shape
        count = tiles.stop - tiles.start
        dr = self.buffer("r", (4, channels, count, 2, pairs, examples), dx.dtype)
        dr.fill(0)
        dv = dv.reshape(4, 4, channels, count, pairs - 1, examples)
        _add_b(dv.swapaxes(0, 1), _tile_columns(dr))
        _add_b(dr, _tile_rows(dx, tiles))

    def _transform_output(self, m: Array, y: Array, tiles: slice) -> None:
        """Write AT m A into the rows of y that belong to the tiles."""
        filters, _, columns, examples = y.shape
        count = tiles.stop - tiles.start
        m = m.reshape(4, 4, filters, count, columns // 2, examples)
        half = self.buffer("half", (2, *m.shape[1:]), y.dtype)
        _at(m, half)
        whole = self.buffer("whole", (2, 2, *m.shape[2:]), y.dtype)
        _at(half.swapaxes(0, 1), whole.swapaxes(0, 1))
        target = y[:, 2 * tiles.start : 2 * tiles.stop].reshape(filters, count, 2, columns // 2, 2, examples)
        np.copyto(target.transpose(2, 4, 0, 1, 3, 5), whole)

    def _spread_output(self, dy: Array, tiles: slice) -> Array:
        """A dy AT, the adjoint of `_transform_output`: (16, filters, tiles). dy has its columns apart."""
        filters, _, _, pairs, examples = dy.shape
        count = tiles.stop - tiles.start
        rows = dy[:, 2 * tiles.start : 2 * tiles.stop].reshape(filters, count, 2, 2, pairs, examples)
        half = self.buffer("d half", (4, filters, count, 2, pairs, examples), dy.dtype)
        _a(rows[:, :, 0], rows[:, :, 1], half)
        m = self.buffer("m", (4, 4, filters, count, pairs, examples), dy.dtype)
        _a(half[:, :, :, 0], half[:, :, :, 1], m.swapaxes(0, 1))
        return m.reshape(16, filters, count * pairs * examples)

    def _apart(self, name: str, x: Array) -> Array:
        """x with zeros around it and its even and odd columns apart."""
        (top, _), (left, _) = self.geometry.margins
        channels, height, _, examples = x.shape
        rows, columns = self.geometry.padded
        apart = self.buffer(name, (channels, rows, 2, columns // 2, examples), x.dtype)
        if (rows, columns) != x.shape[1:3]:
            apart.fill(0)
        for parity, inside, outside in _parities(left, x.shape[2]):
            np.copyto(apart[:, top : top + height, parity, outside], x[:, :, inside])
        return apart

    def _together(self, apart: Array) -> Array:
        """The adjoint of `_apart`: without the margins, columns in their order."""
        (top, _), (left, _) = self.geometry.margins
        height, width = self.input_shape[1:3]
        x = self.buffer("dx", self.input_shape, apart.dtype)
        for parity, inside, outside in _parities(left, width):
            np.copyto(x[:, :, inside], apart[:, top : top + height, parity, outside])
        return x

    def _pairs(self, name: str, y: Array) -> Array:
        """y with its even and odd columns apart."""
        filters, rows, columns, examples = y.shape
        apart = self.buffer(name, (filters, rows, 2, columns // 2, examples), y.dtype)
        np.copyto(apart, y.reshape(filters, rows, columns // 2, 2, examples).swapaxes(2, 3))
        return apart


def _transform_weight(weight: Array) -> Array:
    """G g GT: (16, filters, channels)."""
    g = G.astype(weight.dtype)
    return np.einsum("ia,fcab,jb->ijfc", g, weight, g, optimize=True).reshape(16, *weight.shape[:2])


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


def _bt(d: list[Array], out: Array) -> None:
    np.subtract(d[0], d[2], out=out[0])
    np.add(d[1], d[2], out=out[1])
    np.subtract(d[2], d[1], out=out[2])
    np.subtract(d[1], d[3], out=out[3])


def _add_b(v: Array, d: list[Array]) -> None:
    """The adjoint of `_bt`, added to d, whose parts may overlap."""
    for place, source, sign in (
        (0, 0, 1),
        (2, 0, -1),
        (1, 1, 1),
        (2, 1, 1),
        (1, 2, -1),
        (2, 2, 1),
        (1, 3, 1),
        (3, 3, -1),
    ):
        (np.add if sign > 0 else np.subtract)(d[place], v[source], out=d[place])


def _at(m: Array, out: Array) -> None:
    np.add(m[0], m[1], out=out[0])
    out[0] += m[2]
    np.subtract(m[1], m[2], out=out[1])
    out[1] -= m[3]


def _a(first: Array, second: Array, out: Array) -> None:
    """The adjoint of `_at`."""
    np.copyto(out[0], first)
    np.add(first, second, out=out[1])
    np.subtract(first, second, out=out[2])
    np.negative(second, out=out[3])
