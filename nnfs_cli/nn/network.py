"""Network: layers in order, over one flat vector of values, one of gradients and one of states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import PREDICTION, Context, alone
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.embeddings import NAME, Embedding, Embeddings
from nnfs_cli.nn.freezing import freeze
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.ownership import claim, release
from nnfs_cli.nn.sequential import Sequential
from nnfs_cli.nn.shapes import LARGEST_INPUT, Array, Shape, computed_in, refuse_huge
from nnfs_cli.nn.streams import Stream, stream
from nnfs_cli.nn.variable import Span, State, Variable

Placed = TypeVar("Placed", Variable, State)


class Network:
    """Layers in order. All that is learned lies in one vector, `values`, its gradient in another, `grads`.

    What is saved and not learned lies in a third, `kept`.

    Inside, the batch is the last axis. The network allocates nothing until `allocate` is called, so that its sizes can
    be looked at first.

    Args:
        layers: from the input to the output; each object belongs to this network from now on.
        input_shape: shape of one example, such as (784,) or (1, 28, 28).
        embeddings: of the last features of an example, which are numbers of rows; they come before the first layer.
        seed: of the first weights and of the random numbers of training.
        dtype: float32 or float64, for everything that the network computes.

    Raises:
        ShapeError: a layer cannot take what the one before it gives; its `path` says which. Or an example
            is too large.
        ConfigError: a layer belongs to another network, or stands in the list twice; or the dtype is another one.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: Shape,
        *,
        embeddings: Sequence[Embedding] = (),
        seed: int = 0,
        dtype: np.dtype | str = np.float32,
    ):
        self._sequential = Sequential(layers)
        self._front = Embeddings(embeddings) if embeddings else None
        self.input_shape = tuple(input_shape)
        self.seed = seed
        self.dtype = computed_in(dtype)
        self._frozen: list[Variable] = []
        refuse_huge(self.input_shape, LARGEST_INPUT)
        claim(self.walk(), self)
        try:
            self.output_shape = self._build()
        except BaseException:
            release(self.walk())
            raise

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a copy: the owner of copied layers, whose memory is the copied vectors."""
        self.__dict__.update(state)
        claim(self.walk(), self)
        if "values" in state:
            self.use_memory(self.values, self.grads)
            self.use_states(self.kept)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """From the input to the output, without those within blocks."""
        return self._sequential.layers

    @property
    def embeddings(self) -> tuple[Embedding, ...]:
        """Of the last features of an example."""
        return self._front.tables if self._front else ()

    def walk(self) -> Iterator[tuple[str, Layer]]:
        """Every layer with its name, the embeddings first, those within a block after the block."""
        if self._front:
            yield NAME, self._front
        yield from self._sequential.walk()

    def variables(self) -> dict[str, Variable]:
        """What is learned, by the name it has in a checkpoint, such as 3.weight or 3.layers.0.weight."""
        return {f"{name}.{key}": value for name, layer in self.walk() for key, value in layer.variables.items()}

    def states(self) -> dict[str, State]:
        """What is saved and not learned, by the name it has in a checkpoint, such as 3.running_mean."""
        return {f"{name}.{key}": state for name, layer in self.walk() for key, state in layer.states.items()}

    def split(self, vector: Array) -> Iterator[tuple[str, Array]]:
        """The part of a flat vector (size,) that belongs to each variable, by its name, in its shape."""
        for name, variable, part in _laid_out(self.variables()):
            yield name, vector[part].reshape(variable.shape)

    @property
    def spans(self) -> tuple[Span, ...]:
        """How the parameters are learned, from the first to the last: a span for each variable."""
        return tuple(
            Span(variable.size, variable.lr_factor, variable.decays, layer.frozen)
            for _, layer in self.walk()
            for variable in layer.variables.values()
        )

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(variable.size for variable in self.variables().values())

    @property
    def learned(self) -> int:
        """The number of parameters that are not frozen."""
        return sum(span.size for span in self.spans if not span.frozen)

    @property
    def state_size(self) -> int:
        """The number of elements of all states."""
        return sum(state.size for state in self.states().values())

    def freeze(self, names: Iterable[int | str]) -> None:
        """Let these layers, by number or name, stay as they are from now on with all within them; all others learn.

        Raises:
            ConfigError: there are no such layers, none of them has weights, or no weights are left to train.
        """
        freeze(dict(self.walk()), [str(name) for name in names])
        self._frozen = [variable for _, layer in self.walk() if layer.frozen for variable in layer.variables.values()]

    def allocate(self) -> None:
        """Give every variable its memory, and every state its memory and first value."""
        self.use_memory(np.zeros(self.size, self.dtype), np.zeros(self.size, self.dtype))
        self.use_states(np.zeros(self.state_size, self.dtype))
        for state in self.states().values():
            state.value.fill(state.first)

    def initialize(self) -> None:
        """Draw the first value of every variable, which has its memory."""
        rng = stream(self.seed, Stream.INIT)
        for variable in self.variables().values():
            variable.initialize(rng)

    def use_memory(self, values: Array, grads: Array) -> None:
        """Use these two vectors, both (size,), as memory for values and gradients, whatever they hold."""
        self.values, self.grads = values, grads
        for _, variable, part in _laid_out(self.variables()):
            variable.use_memory(values[part], grads[part])

    def use_states(self, kept: Array) -> None:
        """Use this vector (state_size,) as memory for the states, whatever it holds."""
        self.kept = kept
        for _, state, part in _laid_out(self.states()):
            state.use_memory(self.kept[part])

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        """The output (…, N) for x (…, N), in memory of its own.

        What a layer returns lies in memory that its next pass overwrites; the copy makes what leaves the network the
        caller's to keep.
        """
        x = self._front.forward(x, context) if self._front else x
        return self._sequential.forward(x, context).copy()

    def backward(self, dy: Array, context: Context = PREDICTION) -> None:
        """Set the gradient of every variable from dy (…, N), that of the last output; 0 of frozen ones."""
        need_dx = self._front is not None and self._front.learns
        dx = self._sequential.backward(dy, context, need_dx=need_dx)
        if need_dx:
            self._front.backward(dx, context)
        for variable in self._frozen:
            variable.grad.fill(0)

    def training_context(self, step: int, rank: int = 0, sum: Callable[[Array], Array] = alone) -> Context:
        """The context of a step of training: its random numbers depend on the seed, the step, the layer and the rank.

        Args:
            sum: adds up an array over all workers.
        """

        def random(layer: str) -> np.random.Generator:
            index, _, inner = layer.partition(".")
            return stream(self.seed, Stream.STEP, int(index), step, rank, inner=inner)

        return Context(training=True, random=random, sum=sum)

    def receptive_fields(self) -> dict[str, Shape | None]:
        """By the name of every layer, the stretch of an example that one place of its output depends on.

        That is, for a place far from all edges, (height, width) of an image, (length,) of a sequence; None where it is
        the whole example, or a vector.
        """
        sizes = {name: field and field.size for name, field in self._sequential.fields(Field.of(self.input_shape))}
        return {name: sizes.get(name) or None for name, _ in self.walk()}

    @property
    def summed(self) -> int:
        """The most numbers that a layer adds up over all workers at once."""
        return max((layer.summed for _, layer in self.walk()), default=0)

    def buffers(self, examples: int, *, training: bool) -> list[dict[str, int]]:
        """For each layer the bytes of its workspace after a pass over so many examples, by name, before any is made.

        Args:
            training: whether it is a step of training, with its backward pass.
        """
        x = Signal((*self.input_shape, examples), self.dtype.itemsize, contiguous=examples == 1)
        if not self._front:
            return self._sequential.buffers(x, training=training, dx=False)
        y = Signal((*self._front.output_shape, examples), x.itemsize, contiguous=True)
        own = self._front.buffers(x, y, training=training, dw=training, dx=False)
        return [own, *self._sequential.buffers(y, training=training, dx=self._front.learns)]

    def _build(self) -> Shape:
        for name, layer in self.walk():
            layer.forget()
            layer.name = name
        self._sequential.choose_initializers()
        try:
            shape = self.input_shape
            if self._front:
                shape = self._front.output_shape = self._front.build(shape)
            return self._sequential.build(shape)
        except ShapeError as error:
            raise error.at("layers") from None


def _laid_out(things: Mapping[str, Placed]) -> Iterator[tuple[str, Placed, slice]]:
    """Each with its part of the flat vector that holds all of them in their order."""
    start = 0
    for name, thing in things.items():
        yield name, thing, slice(start, start + thing.size)
        start += thing.size
