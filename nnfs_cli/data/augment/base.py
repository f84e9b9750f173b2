"""Augmentation: a random change of the examples that a network learns from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape


class Augmentation(ABC):
    """A change of every example, anew in every epoch, in two steps.

    At the start of an epoch `draw` draws a row of numbers for each example of the training split. Then `apply` changes
    the examples of a batch by their rows alone. So what becomes of an example is a function of the seed, the epoch and
    its place: any number of workers, and a training that is resumed, see the same. Whole fields of random numbers, such
    as noise, come from a generator whose key stands in the row: nn.streams.keyed(row).

    Attributes:
        type_name: what it is called in a configuration.
        row_bytes: of what `draw` makes of one example.
    """

    type_name: ClassVar[str]
    row_bytes: ClassVar[int]

    def refuse(self, shape: Shape, answer: Shape) -> None:
        """Look at the shapes of one example and of its answer.

        Raises:
            ShapeError: such examples cannot be changed so; a plain sentence, the caller adds the place.
        """

    @abstractmethod
    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, ...): what `apply` needs for each example of the training split."""

    @abstractmethod
    def apply(self, x: Array, drawn: Array) -> Array:
        """Raw examples x (n, *shape) changed by their rows (n, ...): an array of the same shape and type; x stays."""

    @abstractmethod
    def nbytes(self, shape: Shape, itemsize: int) -> int:
        """Bytes that `apply` takes for one example of this shape and type, the result included."""
