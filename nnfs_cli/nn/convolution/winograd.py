"""Winograd: convolutions with half of the multiplications, and every step of them a matrix product.

Some outputs of a row that lie beside each other, a tile, are AT [(G g) * (BT d)], summed over the channels and the
rows of the kernel g: six multiplications for m outputs, where the formula has m times the columns of the kernel. Lavin
& Gray 2016, arXiv:1509.09308, section 4. They nest two such algorithms, which saves more multiplications and passes
over memory more often. Here all tiles of a row are transformed at once, by a matrix with BT of one tile beside that of
the next and zeros elsewhere: BLAS multiplies by zeros in less time than a pass over memory takes.

The matrices of F(m, r) come from six points at which polynomials of degree 5 are known, one of them infinity. With 0,
+-1/sqrt(2) and +-sqrt(2) the rounding errors are a third less than with the 0, +-1 and +-2 of the paper.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnfs_cli.nn.convolution.windows import Geometry
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.workspace import Workspace

PLACES = 6
"""Multiplications of a tile."""

POINTS = np.array([0, 0.5**0.5, -(0.5**0.5), 2**0.5, -(2**0.5)])

TILES = 6
"""At most so many beside each other are transformed at once."""

FEW_CHANNELS, LEAST_SAVING, MUCH_WORK = 4, 1.3, 25_000
"""From where on it is faster than im2col: channels on both sides, times as many multiplications of the formula, and the
outputs of a row over the batch times the root of the number of weights."""

WIDEST = 2048
"""Columns of an output; beyond, the strips would take memory of their own."""


@dataclass(frozen=True, eq=False)
class Strip:
    """Some tiles beside each other.

    Attributes:
        outputs: their columns of y.
        inputs: the columns of x that they see.
        shared: those that the strip before sees too.
        bt: (6 tiles, inputs), BT of every tile where it sees x.
        at: (outputs, 6 tiles), AT of every tile.
    """

    outputs: slice
    inputs: slice
    shared: slice
    bt: Array
    at: Array


class Winograd:
    """Convolution by F(7 - r, r) along the rows of images, where the kernel has r columns.

    Rows lie one behind the other, each (channels, 6, tiles, N): what all rows of the kernel see at one of the six
    places is a matrix, without a copy.

    Args:
        geometry: of the convolution; see `fits`.
        workspace: of the layer.
    """

    def __init__(self, geometry: Geometry, workspace: Workspace):
        self.geometry, self.workspace = geometry, workspace

    @functools.cached_property
    def strips(self) -> list[Strip]:
        """All tiles of a row, some at a time."""
        return [*_strips(self.geometry)]

    @staticmethod
    def fits(geometry: Geometry) -> bool:
        """Whether the kernel has 2 to 5 columns, without stride or gaps."""
        return geometry.stride == geometry.dilation == (1, 1) and 2 <= geometry.kernel[1] <= 5

    @staticmethod
    def pays(geometry: Geometry, channels: int, filters: int, examples: int) -> bool:
        """Whether it fits and is faster than im2col, which was measured: never for kernels of one row."""
        (height, width), columns = geometry.kernel, geometry.output[1]
        if not Winograd.fits(geometry) or height == 1 or columns > WIDEST or min(channels, filters) < FEW_CHANNELS:
            return False
        saving = columns * width / (PLACES * _tiles(geometry))
        work = columns * examples * math.sqrt(channels * filters * height * width)
        return saving >= LEAST_SAVING and work >= MUCH_WORK

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N)."""
        self.x_shape = x.shape
        u = _transform_weight(weight).reshape(PLACES, len(weight), -1)
        self.v = []
        for strip in self.strips:
            v = self._transformed(f"v {len(self.v)}", strip.bt, x[:, :, strip.inputs], self.geometry.margins[0])
            at = strip.at.astype(x.dtype)
            for row in range(y.shape[1]):
                np.matmul(at, self._product(u, v, row), out=y[:, row, strip.outputs])
            self.v.append(v)
        if bias is not None:
            y += bias[:, None, None, None]

    def backward(self, dy: Array, weight: Array, grad: Array, *, need_dx: bool) -> Array | None:
        """Set the gradient of W; dx, if it is needed: the adjoint of every step, the last one first."""
        around = self.geometry.kernel[0] - 1
        du = self.workspace.array("du", (PLACES, len(grad), grad[0, ..., 0].size), grad.dtype)
        du.fill(0)
        dx = self.workspace.array("dx", self.x_shape, dy.dtype) if need_dx else None
        ut = _upside_down(weight) if need_dx else None
        for strip, v in zip(self.strips, self.v, strict=True):
            dm = self._transformed("dm", strip.at.T, dy[:, :, strip.outputs], (around, around))
            self._add_du(dm, v, du)
            if dx is not None:
                self._spread(dm, ut, strip, dx)
        _spread_weight(du.reshape(PLACES, len(grad), -1, grad.shape[1]), grad)
        return dx

    def buffers(self, x: Signal, filters: int, *, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, and a backward pass to W or to x."""
        channels, examples = x.shape[0], x.shape[-1]
        rows, padded, height = self.geometry.output[0], self.geometry.padded[0], self.geometry.kernel[0]
        planes = [len(strip.bt) * examples * x.itemsize for strip in self.strips]
        sizes = {f"v {k}": channels * padded * plane for k, plane in enumerate(planes)}
        sizes["m"] = max(filters, channels if dx else 0) * max(planes)
        if dw or dx:
            sizes["dm"] = filters * (rows + 2 * (height - 1)) * max(planes)
            sizes["du"] = sizes["part"] = PLACES * filters * height * channels * x.itemsize
        return {**sizes, **({"dx": x.nbytes} if dx else {})}

    def _transformed(self, name: str, transform: Array, x: Array, zeros: tuple[int, int]) -> Array:
        """Every row of x transformed, with rows of zeros above and below: (rows, channels, 6, tiles, N)."""
        channels, height, _, examples = x.shape
        above, below = zeros
        shape = (above + height + below, channels, PLACES, len(transform) // PLACES, examples)
        planes = self.workspace.array(name, shape, x.dtype)
        planes[:above].fill(0)
        planes[above + height :].fill(0)
        rows = planes[above : above + height].reshape(height, channels, len(transform), examples)
        np.matmul(transform.astype(x.dtype), x, out=rows.swapaxes(0, 1))
        return planes

    def _product(self, u: Array, planes: Array, row: int) -> Array:
        """u at every place with all that the kernel sees from this row on: (filters, 6 tiles, N)."""
        seen = _matrices(planes, row, u.shape[2] // planes.shape[1])
        m = self.workspace.array("m", (u.shape[1], PLACES, seen.shape[2]), planes.dtype)
        np.matmul(u, seen, out=m.swapaxes(0, 1))
        return m.reshape(len(m), PLACES * planes.shape[3], planes.shape[4])

    def _add_du(self, dm: Array, v: Array, du: Array) -> None:
        """Add the gradient of G g, row by row of the outputs."""
        height = self.geometry.kernel[0]
        part = self.workspace.array("part", du.shape, du.dtype)
        for row in range(self.geometry.output[0]):
            seen = _matrices(v, row, height)
            du += np.matmul(_matrices(dm, row + height - 1, 1), seen.swapaxes(1, 2), out=part)

    def _spread(self, dm: Array, ut: Array, strip: Strip, dx: Array) -> None:
        """Set the columns of dx that a strip sees, and add to those that the strip before has set."""
        b, above = strip.bt.T.astype(dx.dtype), self.geometry.margins[0][0]
        for row in range(dx.shape[1]):
            shared = dx[:, row, strip.shared]
            before = shared.copy()
            np.matmul(b, self._product(ut, dm, above + row), out=dx[:, row, strip.inputs])
            shared += before


def _matrices(planes: Array, row: int, rows: int) -> Array:
    """Some rows as a matrix for each place, a view: (6, rows * channels, tiles * N)."""
    _, channels, places, tiles, examples = planes.shape
    return planes[row : row + rows].reshape(rows * channels, places, tiles * examples).swapaxes(0, 1)


def _transform_weight(weight: Array) -> Array:
    """G g for each row of the kernel: (6, filters, kernel height, channels)."""
    g = _powers(weight.shape[3]).astype(weight.dtype)
    return np.einsum("pj,fcij->pfic", g, weight, optimize=True)


def _upside_down(weight: Array) -> Array:
    """The adjoint of every G g: (6, channels, kernel height * filters).

    The kernel meets the outputs from the last one that sees a row of x to the first.
    """
    flipped = _transform_weight(weight)[:, :, ::-1].transpose(0, 3, 2, 1)
    return flipped.reshape(PLACES, weight.shape[1], -1)


def _spread_weight(du: Array, grad: Array) -> None:
    """The adjoint of `_transform_weight`: set the gradient of W."""
    g = _powers(grad.shape[3]).astype(grad.dtype)
    grad[...] = np.einsum("pj,pfic->fcij", g, du, optimize=True)


def _powers(count: int) -> Array:
    """1, p, p^2, ... of every point, (6, count); of infinity only the last one counts."""
    return np.vstack([np.vander(POINTS, count, increasing=True), np.eye(1, count, count - 1)])


def _outputs(geometry: Geometry) -> int:
    """Of a tile."""
    return PLACES + 1 - geometry.kernel[1]


def _tiles(geometry: Geometry) -> int:
    """Of a row; the last one may reach beyond it."""
    return -(-geometry.output[1] // _outputs(geometry))


def _strips(geometry: Geometry) -> Iterator[Strip]:
    """Strips of about as many tiles each."""
    (_, width), (_, columns), (left, _) = geometry.size, geometry.output, geometry.margins[1]
    outputs = _outputs(geometry)
    bt, at = np.linalg.inv(_powers(PLACES)).T, _powers(outputs).T
    tiles = _tiles(geometry)
    seen = 0
    for own in np.array_split(np.arange(tiles), -(-tiles // TILES)):
        first, last = int(own[0]) * outputs, (int(own[-1]) + 1) * outputs
        start, stop = (min(max(column - left, 0), width) for column in (first, last - outputs + PLACES))
        every_bt = np.zeros((PLACES, len(own), len(own) * outputs + PLACES - outputs))
        every_at = np.zeros((len(own) * outputs, PLACES, len(own)))
        for tile in range(len(own)):
            every_bt[:, tile, tile * outputs : tile * outputs + PLACES] = bt
            every_at[tile * outputs : (tile + 1) * outputs, :, tile] = at
        inside = slice(start + left - first, stop + left - first)
        yield Strip(
            slice(first, last),
            slice(start, stop),
            slice(start, max(start, seen)),
            every_bt.reshape(PLACES * len(own), -1)[:, inside],
            every_at.reshape(len(every_at), -1)[: columns - first],
        )
        seen = stop
