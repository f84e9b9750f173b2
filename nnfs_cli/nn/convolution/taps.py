"""Taps: which places of a source a convolution adds up for each of some targets, along one axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnfs_cli.nn.shapes import Array


@dataclass(frozen=True)
class Taps:
    """The products of which targets on end are sums.

    Attributes:
        target, tap, source: of every product, the target, the place in the kernel, and the place in the source, which
            is counted from `first`.
        first: the first place of the source; negative where zeros come before it.
        extent: from the first place of the source to the last; 0 where there is no product.
    """

    target: Array
    tap: Array
    source: Array
    first: int
    extent: int

    @classmethod
    def forward(cls, outputs: int, kernel: int, stride: int, dilation: int, zeros: int) -> Taps:
        """Those of so many outputs from the first one on; the input has `zeros` before it."""
        target, tap = np.indices((outputs, kernel)).reshape(2, -1)
        return cls._of(target, tap, target * stride + tap * dilation - zeros)

    @classmethod
    def backward(cls, inputs: int, kernel: int, stride: int, dilation: int, zeros: int, start: int = 0) -> Taps:
        """Those of the gradients of so many inputs on end, from the gradients of outputs.

        Args:
            start: the first of the inputs.
        """
        target, tap = np.indices((inputs, kernel)).reshape(2, -1)
        place = start + target + zeros - tap * dilation
        whole = place % stride == 0
        return cls._of(target[whole], tap[whole], place[whole] // stride)

    @classmethod
    def _of(cls, target: Array, tap: Array, source: Array) -> Taps:
        if not source.size:
            return cls(target, tap, source, 0, 0)
        first, last = int(source.min()), int(source.max())
        return cls(target, tap, source - first, first, last - first + 1)


@dataclass(frozen=True)
class Piece:
    """Columns of an image: `blocks` of `width` on end, the first of which begins at `start`."""

    start: int
    width: int
    blocks: int

    @classmethod
    def all_of(cls, columns: int, width: int) -> Iterator[Piece]:
        """As many blocks as there are, and a narrower one of the rest."""
        blocks, rest = divmod(columns, width)
        if blocks:
            yield cls(0, width, blocks)
        if rest:
            yield cls(columns - rest, rest, 1)

    def of(self, image: Array) -> Array:
        """(…, rows, blocks, width, N) of an image (…, rows, columns, N), a view."""
        part = image[..., self.start : self.start + self.blocks * self.width, :]
        return part.reshape(*part.shape[:-2], self.blocks, self.width, part.shape[-1])
