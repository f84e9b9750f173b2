"""Pointwise: a convolution of single pixels is a product with the image as it lies in memory."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.convolution.windows import Geometry, pad
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.workspace import Workspace


class Pointwise:
    """y = W @ x at every pixel, for kernels of 1 x 1 without stride or zeros around.

    Args:
        geometry: of the convolution.
        workspace: of the layer.
        groups: into how many the channels and the filters are divided; each has a product of its own.
    """

    def __init__(self, geometry: Geometry, workspace: Workspace, groups: int = 1):
        self.geometry, self.workspace, self.groups = geometry, workspace, groups

    @staticmethod
    def fits(geometry: Geometry) -> bool:
        """Whether every output sees one pixel, and every pixel is seen once."""
        return geometry.kernel == geometry.stride == (1, 1) and geometry.padded == geometry.size

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        """Set y (filters, rows, columns, N) from x (channels, height, width, N)."""
        self.x = pad(x, self.geometry.margins, self.workspace)
        np.matmul(self._grouped(weight), self._grouped(self.x), out=self._grouped(y))
        if bias is not None:
            y += bias[:, None, None, None]

    def backward(self, dy: Array, weight: Array, grad: Array, *, need_dx: bool) -> Array | None:
        """Set the gradient of W; dx, if it is needed."""
        np.matmul(self._grouped(dy), self._grouped(self.x).swapaxes(1, 2), out=self._grouped(grad))
        if not need_dx:
            return None
        dx = self.workspace.array("dx", self.x.shape, dy.dtype)
        np.matmul(self._grouped(weight).swapaxes(1, 2), self._grouped(dy), out=self._grouped(dx))
        return dx

    def buffers(self, x: Signal, filters: int, *, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, and a backward pass to W or to x."""
        return {**({} if x.contiguous else {"padded": x.nbytes}), **({"dx": x.nbytes} if dx else {})}

    def _grouped(self, array: Array) -> Array:
        """An array (channels or filters, ...) as matrices (groups, those of a group, all else), a view."""
        return array.reshape(self.groups, len(array) // self.groups, -1)
