"""Sequential: layers in order, of a network or of a block within it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.initializers import InitializerName
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import LARGEST_OUTPUT, Array, Shape, refuse_huge


class Sequential:
    """Layers in order: each takes what the one before it gives. No layers at all are the identity.

    Neither x nor dy, which belong to the caller, is ever overwritten.
    """

    def __init__(self, layers: Sequence[Layer]):
        self.layers = tuple(layers)

    @property
    def first_learning(self) -> int:
        """The index of the first layer that learns: those before it need no gradient."""
        return next((i for i, layer in enumerate(self.layers) if layer.learns), len(self.layers))

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Layer]]:
        """Every layer with its name, those within a block after the block: "3", "3.layers.0"."""
        for index, layer in enumerate(self.layers):
            name = f"{prefix}{index}"
            yield name, layer
            for part, inner in layer.inner.items():
                yield from inner.walk(f"{name}.{part}.")

    def choose_initializers(self, name: InitializerName = Layer.init_before) -> None:
        """Settle `init: auto` of every layer by the next one that does more than move or select its inputs.

        Args:
            name: the initializer that what follows the last layer asks for.
        """
        for layer in reversed(self.layers):
            layer.choose_initializer(name)
            if not layer.selects:
                name = layer.init_before

    def build(self, input_shape: Shape) -> Shape:
        """Build every layer for inputs of this shape (one example) and return the shape of the output.

        Raises:
            ShapeError: a layer cannot take what the one before it gives, or gives too much.
        """
        shape = input_shape
        for index, layer in enumerate(self.layers):
            try:
                shape = layer.output_shape = layer.build(shape)
                refuse_huge(shape, LARGEST_OUTPUT)
            except ShapeError as error:
                raise error.at(f"[{index}]", layer.type_name) from None
        self._let_work_in_place()
        return shape

    def forward(self, x: Array, context: Context) -> Array:
        """The output (…, N) for x (…, N); x itself where there are no layers."""
        for layer in self.layers:
            x = layer.forward(x, context)
        return x

    def backward(self, dy: Array, context: Context, *, need_dx: bool) -> Array | None:
        """Set the gradient of every variable from dy (…, N); dx (…, N), if it is needed."""
        first = 0 if need_dx else self.first_learning
        dx: Array | None = dy
        for index in reversed(range(first, len(self.layers))):
            dx = self.layers[index].backward(dx, context, need_dx=need_dx or index > first)
        return dx

    def field(self, x: Field) -> Field | None:
        """The receptive field of the output, for inputs that have the field x; None if it depends on everything."""
        y: Field | None = x
        for layer in self.layers:
            y = layer.field(y) if y is not None else None
        return y

    def fields(self, x: Field | None, prefix: str = "") -> Iterator[tuple[str, Field | None]]:
        """The name of every layer, in the order of `walk`, and the receptive field of its output."""
        for index, layer in enumerate(self.layers):
            name, y = f"{prefix}{index}", layer.field(x) if x is not None else None
            yield name, y
            for part, inner in layer.inner.items():
                yield from inner.fields(x, f"{name}.{part}.")
            x = y

    def buffers(self, x: Signal, *, training: bool, dx: bool) -> list[dict[str, int]]:
        """For each layer the bytes of its workspace after a pass over x, by name, before there is any memory.

        Args:
            training: whether it is a step of training, with its backward pass.
            dx: whether that returns dx.
        """
        found, first = [], self.first_learning
        for index, layer in enumerate(self.layers):
            alone = x.shape[-1] == 1
            y = Signal((*layer.output_shape, x.shape[-1]), x.itemsize, layer.contiguous(x, training=training) or alone)
            learns, passes = training and (dx or index >= first), dx or index > first
            found.append(layer.buffers(x, y, training=training, dw=learns, dx=training and passes))
            x = y
        return found

    def _let_work_in_place(self) -> None:
        """A layer may overwrite x and dy where these are results of its neighbours that nobody else needs."""
        overwritable = False
        for before, layer in reversed([*pairwise(self.layers)]):
            layer.in_place = overwritable and before.results_may_be_overwritten
            overwritable = overwritable or layer.results_may_be_overwritten
