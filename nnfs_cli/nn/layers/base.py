"""Layer: a forward pass, and the backward pass that goes with it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.initializers import InitializerName
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import State, Variable
from nnfs_cli.nn.workspace import Workspace

if TYPE_CHECKING:
    from nnfs_cli.nn.sequential import Sequential


class Signal(NamedTuple):
    """What a pass would hand to a layer, as far as memory depends on it.

    Attributes:
        shape: with the batch last.
        itemsize: bytes of an element.
        contiguous: whether the array is laid out in the order of its axes.
    """

    shape: Shape
    itemsize: int
    contiguous: bool

    @property
    def nbytes(self) -> int:
        """Bytes of the whole array."""
        return math.prod(self.shape) * self.itemsize


class Layer(ABC):
    """One step of a network: y = f(x) on the way forward; on the way back dx = dL/dx from dy = dL/dy.

    The batch is the last axis: (features, N) or (channels, height, width, N). A layer declares in `build` what it
    learns and what it saves besides, and keeps what its backward pass needs from its forward pass.

    Attributes:
        results_may_be_overwritten: whether y and dx lie in memory of this layer that it needs no more once they are
            returned, so that the layers before and after it may work in place.
        init_before: how the layer before this one draws its weights if it says `init: auto`.
        selects: whether outputs are at first inputs, moved or selected, so that an initializer is chosen by the layer
            after it.
        in_place: whether this layer may overwrite x and dy; set by a network between layers that let it.
        name: what the layer is called in its network, such as "3" or "3.layers.0"; set by the network.
        frozen: whether its variables and states stay as they are; set by the network, which then forgets its gradients.
        output_shape: of one example, once the network is built.
        summed: how many numbers the layer adds up over all workers at once, known once it is built.
    """

    type_name: ClassVar[str]
    results_may_be_overwritten: ClassVar[bool] = False
    init_before: ClassVar[InitializerName] = "glorot_uniform"
    selects: ClassVar[bool] = False
    in_place: bool = False
    name: str = ""
    frozen: bool = False
    output_shape: Shape
    summed: int = 0

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """What the layer learns, by name, in the order of declaration."""
        return {}

    @cached_property
    def states(self) -> dict[str, State]:
        """What the layer saves and does not learn, by name, in the order of declaration."""
        return {}

    @property
    def inner(self) -> Mapping[str, Sequential]:
        """The layers within this one, by the name of the parameter that lists them."""
        return {}

    @property
    def learns(self) -> bool:
        """Whether there are variables in this layer, or within it, that are not frozen."""
        own = bool(self.variables) and not self.frozen
        return own or any(layer.learns for part in self.inner.values() for layer in part.layers)

    def build(self, input_shape: Shape) -> Shape:
        """Declare the variables for inputs of this shape (one example) and return the shape of the output.

        Raises:
            ShapeError: the layer cannot take such inputs; a plain sentence, the network adds the place.
        """
        return input_shape

    def choose_initializer(self, name: InitializerName) -> None:
        """Settle `init: auto`, before `build`, if the layer has weights to draw."""

    def forget(self) -> None:
        """Give up what an earlier network left: variables, states, buffers, leave to work in place."""
        for name in ("variables", "states", "workspace", "in_place", "name", "frozen", "output_shape"):
            self.__dict__.pop(name, None)

    @abstractmethod
    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        """y from x. The result may lie in the workspace, valid until the next forward pass."""

    @abstractmethod
    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        """Set the gradient of every variable and return dx, valid until the next backward pass.

        Args:
            context: that of the forward pass.
            need_dx: whether dx is used; the first layer that learns may return None.
        """

    def multiply_adds(self) -> int:
        """Multiply-adds of the forward pass for one example, once built."""
        return 0

    def field(self, x: Field) -> Field | None:
        """The receptive field of y, once built, for inputs that have the field x; None if y depends on everything.

        What a layer adds up over the batch while it is trained does not count.
        """
        return x

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        """The bytes behind every name in the workspace after a pass over x, known before there is memory for it.

        Args:
            training: whether it is a forward pass of training.
            dw, dx: whether a backward pass follows that sets the gradients of the variables, and that returns dx.
        """
        return {}

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        """Whether y is laid out in the order of its axes, as an array of the workspace is."""
        return True

    @cached_property
    def workspace(self) -> Workspace:
        """Scratch memory of the passes."""
        return Workspace()


def path_of(name: str) -> str:
    """The path of the layer with a name: "layers[3].layers[0]" for "3.layers.0"."""
    parts = (f"[{part}]" if part.isdecimal() else f".{part}" for part in name.split("."))
    return "".join(["layers", *parts])


def location_of(name: str, layer: Layer) -> str:
    """What an error calls the layer with a name: "layers[3].layers[0] (dense)"."""
    return f"{path_of(name)} ({layer.type_name})"
