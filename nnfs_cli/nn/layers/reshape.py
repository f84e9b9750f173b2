"""Reshape: the numbers of an example in another arrangement."""

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Len

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, name
from nnfs_cli.parameters import Means, PositiveInt
from nnfs_cli.registry import LAYERS

Arrangement = Annotated[tuple[PositiveInt, ...], Len(1, 3), Means("a list of 1 to 3 whole numbers of at least 1")]


@LAYERS.register("reshape")
class Reshape(Layer):
    """The same numbers in another shape, the last axis varying fastest, as torch.nn.Unflatten after Flatten.

    Makes sequences of vectors, [channels, length], or images, [channels, height, width]. Shapes: x any, y (*shape, N).

    Args:
        shape: of one example.

    Raises:
        ShapeError: an example has another number of numbers.
    """

    selects = True

    def __init__(self, shape: Arrangement):
        self.shape = tuple(shape)

    def build(self, input_shape: Shape) -> Shape:
        count, wanted = math.prod(input_shape), math.prod(self.shape)
        if count != wanted:
            raise ShapeError(
                f"makes {wanted:,} numbers of {name(input_shape)}, which have {count:,}. "
                f"Set a shape with that product, such as {[1, count]}."
            )
        return self.shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.input_shape = x.shape
        return x.reshape(*self.shape, x.shape[-1])

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        return dy.reshape(self.input_shape)

    def field(self, x: Field) -> Field | None:
        """Where nothing has been put together yet, the example is what it becomes here."""
        return Field.of(self.shape) if x.is_a_point else None

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        return x.contiguous
