"""Augmentation: a random change of the examples that a network learns from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.shapes import Array, Shape, name

Alike = Literal["moved", "horizontal", "vertical"]


class Augmentation(ABC):
    """A change of every example, anew in every epoch, in two steps.

    At the start of an epoch `draw` draws a row of numbers for each example of the training split. Then `apply` changes
    the examples of a batch by their rows alone. So what becomes of an example is a function of the seed, the epoch and
    its place: any number of workers, and a training that is resumed, see the same. Whole fields of random numbers, such
    as noise, come from a generator whose key stands in the row: nn.streams.keyed(row).

    Attributes:
        type_name: what it is called in a configuration.
        row_bytes: of what `draw` makes of one example.
        alike: what means the same as the example to a network that has learned from such changes: it "moved" by a
            pixel, or mirrored on the "horizontal" or the "vertical" axis.
    """

    type_name: ClassVar[str]
    row_bytes: int
    alike: tuple[Alike, ...] = ()

    def refuse(self, shape: Shape, answer: Shape) -> None:
        """Look at the shapes of one example and of its answer, () where each example is its own and changes as it does.

        Raises:
            ShapeError: such examples cannot be changed so; a plain sentence, the caller adds the place.
        """

    @abstractmethod
    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples, ...): what `apply` needs for each example of the training split."""

    def draw_epoch(self, examples: int, epoch: int, rng_of: Callable[[int], np.random.Generator]) -> Array:
        """What is drawn for an epoch, counted from 0, out of its random numbers; `rng_of` gives those of any epoch."""
        return self.draw(examples, rng_of(epoch))

    @abstractmethod
    def apply(self, x: Array, drawn: Array) -> Array:
        """Raw examples x (n, *shape) changed by their rows (n, ...): an array of the same shape and type; x stays."""

    @abstractmethod
    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        """Bytes that `apply` takes for so many examples of this shape and type, the result included."""


class OfImages(Augmentation):
    """An augmentation of images (channels, height, width), which changes their pixels where they are."""

    does: ClassVar[str] = "changes"

    def refuse(self, shape: Shape, answer: Shape) -> None:
        if len(shape) != 3:
            raise ShapeError(f"{self.does} images (channels, height, width), got {name(shape)}. Remove it.")


class Moving(OfImages):
    """An augmentation that moves pixels to other places; images that are answers would have to be moved too."""

    does = "moves"
    alike = ("moved",)

    def refuse(self, shape: Shape, answer: Shape) -> None:
        super().refuse(shape, answer)
        if len(answer) > 1:
            raise ShapeError("moves the examples, but not the images that are their answers. Remove it.")


def refuse_examples(step: Augmentation, shape: Shape, answer: Shape, *, words: bool) -> None:
    """Refuse examples that cannot be changed by a step.

    Args:
        words: whether some of their numbers are those of words, which have embeddings.

    Raises:
        ShapeError: a plain sentence, the caller adds the place.
    """
    step.refuse(shape, answer)
    if words:
        raise ShapeError("changes all numbers, but some of them stand for words with embeddings. Remove it.")


def rounded(y: Array, dtype: np.dtype) -> Array:
    """Numbers in the type of the examples: the nearest bytes, for which y is overwritten; others are as they are."""
    if dtype == np.uint8:
        np.clip(y, 0, 255, out=y)
        np.rint(y, out=y)
    return y.astype(dtype, copy=False)


def working(dtype: np.dtype) -> np.dtype:
    """The type that examples of this one are computed in: float32 holds every byte."""
    return np.result_type(dtype, np.float32)
