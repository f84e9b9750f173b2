"""Variable: an array that is learned, and its gradient. State: an array that is saved and not learned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape

Initializer = Callable[[Shape, np.random.Generator], Array]


class Span(NamedTuple):
    """Parameters on end in a flat vector, and how they are learned.

    Attributes:
        size: how many.
        lr_factor: what the learning rate is multiplied by.
        decays: whether they are weights, which every weight decay is meant for.
        frozen: whether they stay as they are.
    """

    size: int
    lr_factor: float = 1.0
    decays: bool = True
    frozen: bool = False


@dataclass(eq=False)
class Variable:
    """A value and its gradient, both views into the two flat vectors of the network that owns it.

    A variable is declared before it has memory: the network adds the sizes up, allocates once, and calls `use_memory`.

    Args:
        shape: the shape of the value, in PyTorch's order of axes.
        initializer: draws the first value from a random generator.
        lr_factor: what the learning rate is multiplied by for this variable, above 0.
        decays: whether it is a weight, of which an input is multiplied by many: not a bias, nor what scales or shifts
            one feature, which decay only if the optimizer is told so.
        drawing: how many float64 numbers the initializer has at once for each element.

    Attributes:
        value: the array that is learned.
        grad: the derivative of the loss with respect to `value`, set by every backward pass of its layer.
    """

    shape: Shape
    initializer: Initializer
    lr_factor: float = 1.0
    decays: bool = True
    drawing: float = 1.0
    value: Array = field(init=False, repr=False)
    grad: Array = field(init=False, repr=False)

    @property
    def size(self) -> int:
        """The number of elements, as a Python integer, which cannot overflow."""
        return math.prod(self.shape)

    def use_memory(self, value: Array, grad: Array) -> None:
        """Use these slices of the flat vectors, both (size,), as memory for value and gradient."""
        self.value = value.reshape(self.shape)
        self.grad = grad.reshape(self.shape)

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw the first value."""
        self.value[...] = self.initializer(self.shape, rng)


@dataclass(eq=False)
class State:
    """An array that a layer keeps from one batch to the next and saves, but does not learn, such as a running mean.

    PyTorch calls it a buffer. Only a pass of training may change it. Every worker has one of its own, so all of them
    have to compute the same, from sums over the whole batch.

    Args:
        shape: of the value, in PyTorch's order of axes.
        first: the number that it holds at first, everywhere.

    Attributes:
        value: the array, a view into the flat vector of the network that owns it.
    """

    shape: Shape
    first: float
    value: Array = field(init=False, repr=False)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def use_memory(self, value: Array) -> None:
        """Use this slice of the flat vector, (size,), as memory."""
        self.value = value.reshape(self.shape)
