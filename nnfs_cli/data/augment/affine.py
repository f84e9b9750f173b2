"""Affine: images that are turned, stretched, slanted or moved, by a matrix and an offset for each."""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnfs_cli.data.augment.base import Moving
from nnfs_cli.data.augment.sampling import sampled, sampled_bytes
from nnfs_cli.nn.shapes import Array, Shape

MAP = 48
"""Bytes of a map in float64."""


class Affine(Moving):
    """y(p) = x(M p + t), where p is the place (row, column) of a pixel, in pixels from the centre of the image.

    M and t are drawn for each image. Between pixels stands what bilinear interpolation gives, beyond the edge the
    nearest pixel. Maps that follow one another are one map, so that the image is sampled only once: see `composed`.

    Attributes:
        exact: whether pixels go to the places of pixels, so that nothing is interpolated.
    """

    exact: ClassVar[bool] = False

    @abstractmethod
    def maps(self, drawn: Array) -> Array:
        """(n, 2, 3) float64: M in the first two columns, t in the last one."""

    def apply(self, x: Array, drawn: Array) -> Array:
        return warped(x, self.maps(drawn))

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return warped_bytes(shape, itemsize, examples)


def linear(examples: int, down: Array | float, across: Array | float) -> Array:
    """Maps (n, 2, 3) that move nothing at the centre, by the columns of M: where a step down and one across lead to."""
    maps = np.zeros((examples, 2, 3))
    maps[:, :, 0], maps[:, :, 1] = down, across
    return maps


def composed(maps: Sequence[Array]) -> Array:
    """The maps (n, 2, 3) that do what these do, the first one first.

    y1(p) = x(M1 p + t1) and y2(p) = y1(M2 p + t2) are y2(p) = x(M1 M2 p + M1 t2 + t1).
    """

    def both(first: Array, second: Array) -> Array:
        product = first[:, :, :2] @ second
        product[:, :, 2] += first[:, :, 2]
        return product

    return functools.reduce(both, maps)


def warped(x: Array, maps: Array) -> Array:
    """Images (n, channels, height, width) by their maps (n, 2, 3)."""
    height, width = x.shape[2:]
    centre = np.array([height - 1, width - 1]) / 2
    rows, columns = np.arange(height) - centre[0], np.arange(width) - centre[1]

    def places(some: slice) -> tuple[Array, Array]:
        """M p + t from the first pixel: a part of the row of p, and one of its column."""
        of_row, of_column, offset = np.moveaxis(maps[some], 2, 0)
        down = of_row[:, :, None] * rows + (offset + centre)[:, :, None]
        across = of_column[:, :, None] * columns
        down, across = down.astype(np.float32), across.astype(np.float32)
        vertical, horizontal = (down[:, axis, :, None] + across[:, axis, None, :] for axis in (0, 1))
        return vertical, horizontal

    return sampled(x, places)


def warped_bytes(shape: Shape, itemsize: int, images: int) -> int:
    """Bytes that `warped` takes, the maps and the result included."""
    return sampled_bytes(shape, itemsize, images) + MAP * images
