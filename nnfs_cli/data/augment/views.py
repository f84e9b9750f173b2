"""Views: versions of an example that mean the same to a network which was trained on such changes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.augment.flip import Flip
from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.nn.shapes import Array, Shape

View = tuple[Augmentation, ...]
AS_IT_IS: View = ()
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1))


class Fixed(Augmentation):
    """An augmentation whose row is the same for every example.

    Args:
        step: what changes the examples.
        row: what it would have drawn for each of them.
    """

    type_name = "fixed"

    def __init__(self, step: Augmentation, row: object):
        self.step, self.row = step, np.asarray(row)
        self.row_bytes = self.row.nbytes

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        return np.broadcast_to(self.row, (examples, *self.row.shape))

    def apply(self, x: Array, drawn: Array) -> Array:
        return self.step.apply(x, drawn)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return self.step.nbytes(shape, itemsize, examples)


def views_of(steps: Sequence[Augmentation]) -> tuple[View, ...]:
    """The versions of an example that `steps` allow for, the example as it is among them, as the first one.

    After `flip` that is the mirror image; after anything else that moves pixels, the image one pixel up, down, left and
    right, where the nearest pixel fills the edge. After both it is each image also mirrored.
    """
    found = {word for step in steps for word in step.alike}
    changes = {
        "horizontal": [Fixed(Flip("horizontal"), True)],
        "vertical": [Fixed(Flip("vertical"), True)],
        "moved": [Fixed(Shift(1), row) for row in AROUND],
    }
    choices = [[AS_IT_IS, *((change,) for change in changes[word])] for word in changes if word in found]
    return tuple(sum(chosen, AS_IT_IS) for chosen in itertools.product(*choices))
