"""Bit depth: what stands for white in pictures of 16 bits a channel, whose values often fill fewer bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

DEPTHS = (8, 10, 12, 14, 16)
OWN_DEPTHS = (8, 12, 16)


class BitDepth:
    """The depth by which the 16-bit pictures of a folder are read.

    Args:
        known: that of the training; None where the training had no such pictures, or is just being read: each picture
            is then read by a depth of its own.
        decided: whether it was just found in the pictures of the training.

    Attributes:
        largest: the largest value of each 16-bit picture that was read.
    """

    def __init__(self, known: int | None, *, decided: bool = False):
        self.known, self._decided = known, decided
        self.largest: dict[Path | str, int] = {}

    def of(self, path: Path | str, largest: int) -> int:
        """The depth of a picture with values from 0 to `largest`.

        Raises:
            DataError: they go beyond the depth of the training, or beyond 16 bits.
        """
        most = (1 << (self.known or DEPTHS[-1])) - 1
        if largest > most:
            known = f"the training was read as {self.known}-bit" if self.known else "pictures have up to 16 bits"
            raise DataError(
                f"{path}: has values up to {largest:,}, {known}, values up to {most:,}. Bring it to that scale."
            )
        self.largest[path] = largest
        return self.known or own_depth(largest)

    def warnings(self) -> tuple[str, ...]:
        """What should be known of how the pictures were read: by a new depth, or by less than 16 bits of their own."""
        if self.known is not None:
            return (_described(self.known),) if self._decided else ()
        depths = {own_depth(largest) for largest in self.largest.values()} - {DEPTHS[-1]}
        return tuple(f"{_described(depth)}; the training had none" for depth in sorted(depths))


def _described(depth: int) -> str:
    return f"16-bit pictures with values up to {(1 << depth) - 1:,}: read as {depth}-bit"


def own_depth(largest: int) -> int:
    """The depth of one picture alone: its values fill 8 or 12 bits, or else 16."""
    return smallest_depth(largest, OWN_DEPTHS)


def smallest_depth(largest: int, depths: tuple[int, ...]) -> int:
    """The first of these depths that holds a value of up to 16 bits."""
    return next(depth for depth in depths if largest < 1 << depth)


def to_bytes(values: Array, depth: int) -> Array:
    """Numbers (height, ...) of this depth as uint8, white becoming 255; row by row, as they may be many."""
    result, scale = np.empty(values.shape, np.uint8), 255 / ((1 << depth) - 1)
    for row, line in zip(result, values, strict=True):
        np.rint(line * scale, out=row, casting="unsafe")
    return result
