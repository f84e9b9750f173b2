"""Residual: layers, and a shortcut around them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

import numpy as np
from annotated_types import MinLen

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.initializers import InitializerName
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.sequential import Sequential
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.parameters import Means
from nnfs_cli.registry import LAYERS, Members

Layers = Annotated[tuple[Layer, ...], Members(LAYERS), Means("a list of layers")]
SomeLayers = Annotated[tuple[Layer, ...], MinLen(1), Members(LAYERS), Means("a list of at least one layer")]


@LAYERS.register("residual")
class Residual(Layer):
    """y = f(x) + g(x), a block of layers f beside a shortcut g. He et al. 2016, arXiv:1512.03385, eq. 1 and 2.

    Shapes: x any that both take, y what both give.

    Args:
        layers: f, in order; blocks may stand among them.
        shortcut: g, in order; none are the identity. For another shape, such as one conv2d with kernel_size 1.

    Raises:
        ShapeError: f and g give different shapes.
    """

    results_may_be_overwritten = True

    def __init__(self, layers: SomeLayers, shortcut: Layers = ()):
        self.layers = layers
        self.shortcut = shortcut

    @cached_property
    def inner(self) -> dict[str, Sequential]:
        return {"layers": Sequential(self.layers), "shortcut": Sequential(self.shortcut)}

    @property
    def init_before(self) -> InitializerName:
        """What the first layer of f asks for."""
        return next((layer.init_before for layer in self.layers if not layer.selects), Layer.init_before)

    @property
    def selects(self) -> bool:
        """Whether f only moves or selects its inputs."""
        return all(layer.selects for layer in self.layers)

    def choose_initializer(self, name: InitializerName) -> None:
        for part in self.inner.values():
            part.choose_initializers(name)

    def build(self, input_shape: Shape) -> Shape:
        shapes = dict(self._build(input_shape))
        if shapes["layers"] != shapes["shortcut"]:
            raise ShapeError(_different(input_shape, **shapes))
        return shapes["layers"]

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        f, g = (part.forward(x, context) for part in self.inner.values())
        return np.add(f, g, out=self.workspace.array("y", f.shape, f.dtype))

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        df, dg = (part.backward(dy, context, need_dx=need_dx) for part in self.inner.values())
        return np.add(df, dg, out=self.workspace.array("dx", df.shape, df.dtype)) if need_dx else None

    def field(self, x: Field) -> Field | None:
        f, g = (part.field(x) for part in self.inner.values())
        return f.beside(g) if f is not None and g is not None else None

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        sizes = {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}
        for name, part in self.inner.items():
            for index, own in enumerate(part.buffers(x, training=training, dx=dx)):
                sizes |= {f"{name}.{index}.{key}": size for key, size in own.items()}
        return sizes

    def _build(self, input_shape: Shape) -> Iterator[tuple[str, Shape]]:
        for name, part in self.inner.items():
            try:
                yield name, part.build(input_shape)
            except ShapeError as error:
                raise error.at(f".{name}") from None


def _different(x: Shape, layers: Shape, shortcut: Shape) -> str:
    """The sentence for shapes that cannot be added, with a shortcut that gives the shape of f, if there is one."""
    sentence = f"adds {layers} of its layers and {shortcut} of its shortcut, which must have the same shape."
    if len(x) == len(layers) == 1:
        return f"{sentence} Set shortcut: [{{type: dense, units: {layers[0]}}}]."
    if len(x) == len(layers) == 3:
        stride = [-(-before // after) for before, after in zip(x[1:], layers[1:], strict=True)]
        if all(-(-before // step) == after for before, step, after in zip(x[1:], stride, layers[1:], strict=True)):
            size = f"filters: {layers[0]}, kernel_size: 1, stride: {stride[0] if stride[0] == stride[1] else stride}"
            return f"{sentence} Set shortcut: [{{type: conv2d, {size}}}]."
    return f"{sentence} Let the layers keep the shape (conv2d does with padding: same), or change the shortcut."
