"""Bands: a depthwise convolution as products with banded matrices, one for each filter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnfs_cli.nn.convolution.taps import Piece, Taps
from nnfs_cli.nn.convolution.windows import Geometry, row_blocks
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.workspace import Workspace

WIDTH = 8
"""Columns of a block. Wider ones multiply by more zeros, narrower ones make more and smaller products."""

MOST_ZEROS = 5
"""How many times as wide as a row of the kernel a band may be."""


class Bands:
    """y[f, r, block] = T[f] @ patch: some columns of a row, from all that they see, with W on the diagonals of T.

    T multiplies by zeros too, two to four times as often as by W, but in BLAS, where a sum over the places of the
    kernel passes over the memory of a whole image for each of them. Images are cut into strips that overlap, so that
    the rows and columns of a patch lie in one stretch of memory.

    Args:
        geometry: of the convolution; each channel has filters of its own.
        workspace: of the layer.
    """

    def __init__(self, geometry: Geometry, workspace: Workspace):
        self.geometry, self.workspace = geometry, workspace
        rows, columns = geometry.output
        self.pieces = [*Piece.all_of(columns, WIDTH)]
        self.rows = self._forward(0, 1)
        self.columns = [self._forward(1, piece.width) for piece in self.pieces]
        self.height = (rows - 1) * geometry.stride[0] + self.rows.extent
        self._lay_out_backward()

    @staticmethod
    def pays(geometry: Geometry) -> bool:
        """Whether a band is narrow enough for this to be faster than im2col: measured, of images."""
        rows, columns = geometry.kernel
        return rows > 1 and WIDTH - 1 + geometry.extent[1] <= MOST_ZEROS * columns

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N)."""
        self.x = x
        for own, filters in self._blocks(x, len(y)):
            by_channel = y[filters].reshape(own.stop - own.start, len(y) // len(x), *y.shape[1:])
            for piece, columns in zip(self.pieces, self.columns, strict=True):
                bands = self._bands(weight[filters], piece.width, self.rows, columns)
                bands = bands.reshape(*by_channel.shape[:2], 1, 1, *bands.shape[1:])
                np.matmul(bands, self._patches(x[own], piece, columns)[:, None], out=piece.of(by_channel))
        if bias is not None:
            y += bias[:, None, None, None]

    def backward(self, dy: Array, weight: Array, grad: Array, *, need_dx: bool) -> Array | None:
        """Set the gradient of W; dx, if it is needed. The strips are cut again rather than kept."""
        grad.fill(0)
        dx = self.workspace.array("dx", self.x.shape, dy.dtype) if need_dx else None
        for own, filters in self._blocks(self.x, len(dy)):
            for piece, columns in zip(self.pieces, self.columns, strict=True):
                patches = self._patches(self.x[own], piece, columns)
                self._add_grad(piece.of(dy[filters]), patches, columns, grad[filters])
            if dx is not None:
                self._backward_input(dy[filters], weight[filters], dx[own])
        return dx

    def buffers(self, x: Signal, filters: int, *, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, and a backward pass to W or to x."""
        channels, rows, pixel = x.shape[0], self.geometry.output[0], x.shape[-1] * x.itemsize
        block = next(row_blocks(channels, self._strip_pixels * pixel)).stop
        fronts, backs = self._sizes(self.pieces, self.columns), self._sizes(self.back_pieces, self.back_columns)
        bands = [filters // channels * self.rows.extent * band for _, band in fronts]
        sizes = {"strips": block * self.height * max(strips for strips, _ in fronts) * pixel}
        if dw:
            parts = [piece.blocks * band for piece, (_, band) in zip(self.pieces, fronts, strict=True)]
            sizes["part"] = rows * self.rows.extent * max(parts) * x.itemsize
        if dx:
            bands += [max(rows.extent for rows in self.phases) * band for _, band in backs]
            sizes |= {"dx": x.nbytes, "d strips": block * self.back_height * max(strips for strips, _ in backs) * pixel}
            if filters > channels:
                sizes["share"] = x.nbytes // channels * block
        return sizes | {"bands": block * max(bands) * x.itemsize}

    @staticmethod
    def _sizes(pieces: list[Piece], columns: list[Taps]) -> list[tuple[int, int]]:
        """Of every piece, the columns of all its strips, and the elements of a row of the kernel in T."""
        both = zip(pieces, columns, strict=True)
        return [(piece.blocks * taps.extent, piece.width * taps.extent) for piece, taps in both]

    def _blocks(self, x: Array, filters: int) -> Iterator[tuple[slice, slice]]:
        """Channels whose strips stay in the cache, and their filters."""
        times = filters // len(x)
        for own in row_blocks(len(x), self._strip_pixels * x.shape[-1] * x.itemsize):
            yield own, slice(own.start * times, own.stop * times)

    def _patches(self, x: Array, piece: Piece, columns: Taps) -> Array:
        """What the blocks of a piece see, (channels, rows, blocks, patch, N)."""
        down, across = self.geometry.stride
        shape = (len(x), piece.blocks, self.height, columns.extent, x.shape[-1])
        strips = self.workspace.array("strips", shape, x.dtype)
        _cut(x, strips, self.rows.first, piece.start * across + columns.first, piece.width * across)
        return _windows(strips, self.geometry.output[0], down, self.rows.extent)

    def _forward(self, axis: int, outputs: int) -> Taps:
        geometry = self.geometry
        of = geometry.kernel[axis], geometry.stride[axis], geometry.dilation[axis], geometry.margins[axis][0]
        return Taps.forward(outputs, *of)

    def _backward(self, axis: int, inputs: int, start: int = 0) -> Taps:
        geometry = self.geometry
        of = geometry.kernel[axis], geometry.stride[axis], geometry.dilation[axis], geometry.margins[axis][0]
        return Taps.backward(inputs, *of, start)

    def _lay_out_backward(self) -> None:
        """Rows of the input that lie a stride apart, a phase, see the same rows of the kernel; blocks begin so too."""
        (height, width), (down, across) = self.geometry.size, self.geometry.stride
        self.back_pieces = [*Piece.all_of(width, max(1, WIDTH // across) * across)]
        self.back_columns = [self._backward(1, piece.width) for piece in self.back_pieces]
        self.phases = [self._backward(0, 1, phase) for phase in range(min(down, height))]
        ends = [rows.first + rows.extent + (height - 1 - phase) // down for phase, rows in enumerate(self.phases)]
        self.back_first = min(rows.first for rows in self.phases)
        self.back_height = max(ends) - self.back_first
        front = self.height * max(columns for columns, _ in self._sizes(self.pieces, self.columns))
        back = self.back_height * max(columns for columns, _ in self._sizes(self.back_pieces, self.back_columns))
        self._strip_pixels = max(front, back)

    def _add_grad(self, dy: Array, patches: Array, columns: Taps, grad: Array) -> None:
        """Add the gradient of T of every filter, from dy (filters, rows, blocks, width, N), where W stands in it."""
        times, width = len(dy) // len(patches), dy.shape[3]
        part = self.workspace.array("part", (*dy.shape[1:4], patches.shape[3]), dy.dtype)
        for index in range(len(dy)):
            np.matmul(dy[index], patches[index // times].swapaxes(-1, -2), out=part)
            total = np.add.reduce(part.reshape(-1, *part.shape[2:]), axis=0)
            total = total.reshape(width, self.rows.extent, columns.extent)
            of_w = total[columns.target, self.rows.source[:, None], columns.source]
            grad[index, 0] += of_w.reshape(len(of_w), width, -1).sum(axis=1)

    def _backward_input(self, dy: Array, weight: Array, dx: Array) -> None:
        """Set dx from dy, of the filters of each channel one after the other."""
        times = len(dy) // len(dx)
        self._spread(dy[::times], weight[::times], dx)
        for index in range(1, times):
            share = self.workspace.array("share", dx.shape, dy.dtype)
            self._spread(dy[index::times], weight[index::times], share)
            dx += share

    def _spread(self, dy: Array, weight: Array, dx: Array) -> None:
        """Set dx (channels, height, width, N) from one filter of each channel."""
        down, across = self.geometry.stride
        for piece, columns in zip(self.back_pieces, self.back_columns, strict=True):
            shape = (len(dy), piece.blocks, self.back_height, columns.extent, dy.shape[-1])
            strips = self.workspace.array("d strips", shape, dy.dtype)
            _cut(dy, strips, self.back_first, piece.start // across + columns.first, piece.width // across)
            for phase, rows in enumerate(self.phases):
                out = piece.of(dx[:, phase::down])
                if rows.extent and columns.extent:
                    seen = strips[:, :, rows.first - self.back_first :]
                    bands = self._bands(weight, piece.width, rows, columns)
                    np.matmul(bands[:, None, None], _windows(seen, out.shape[1], 1, rows.extent), out=out)
                else:
                    out.fill(0)

    def _bands(self, weight: Array, width: int, rows: Taps, columns: Taps) -> Array:
        """T of every filter, (filters, width, patch)."""
        bands = self.workspace.array("bands", (len(weight), width, rows.extent, columns.extent), weight.dtype)
        bands.fill(0)
        bands[:, columns.target, rows.source[:, None], columns.source] = weight[:, 0, rows.tap[:, None], columns.tap]
        return bands.reshape(len(weight), width, rows.extent * columns.extent)


def _cut(image: Array, strips: Array, top: int, left: int, step: int) -> None:
    """Set strips (channels, blocks, height, width, N) to parts of an image (channels, rows, columns, N), 0 outside.

    Args:
        top, left: where the first strip begins.
        step: from one strip to the next.
    """
    rows, own_rows = _overlap(top, strips.shape[2], image.shape[1])
    for block in range(strips.shape[1]):
        columns, own_columns = _overlap(left + block * step, strips.shape[3], image.shape[2])
        strip = strips[:, block]
        strip[:, : own_rows.start].fill(0)
        strip[:, own_rows.stop :].fill(0)
        strip[:, own_rows, : own_columns.start].fill(0)
        strip[:, own_rows, own_columns.stop :].fill(0)
        strip[:, own_rows, own_columns] = image[:, rows, columns]


def _overlap(start: int, count: int, size: int) -> tuple[slice, slice]:
    """Of `count` places from `start` on, those that lie within `size`, and which of the `count` these are."""
    first, last = max(start, 0), min(start + count, size)
    last = max(first, last)
    return slice(first, last), slice(first - start, last - start)


def _windows(strips: Array, rows: int, step: int, extent: int) -> Array:
    """Windows over all columns of strips (channels, blocks, height, width, N): (channels, rows, blocks, patch, N)."""
    channel, block, row, column, example = strips.strides
    shape = (len(strips), rows, strips.shape[1], extent * strips.shape[3], strips.shape[4])
    return as_strided(strips, shape, (channel, row * step, block, column, example))
