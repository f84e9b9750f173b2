"""Dense: every output sees every input."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.initializers import AUTO, InitializerName, automatic, initializer, zeros
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape, vector_length
from nnfs_cli.nn.variable import Variable
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("dense")
class Dense(Layer):
    """The affine map y = W x + b.

    Shapes: x (features, N), W (units, features), b (units,), y (units, N).

    Args:
        units: number of outputs, at least 1.
        bias: whether b is there.
        init: how W is drawn; auto is he_uniform before a rectifier, else glorot_uniform. b starts at 0. PyTorch draws
            both in +-1 / sqrt(features).

    Raises:
        ShapeError: one example is not a vector.
    """

    results_may_be_overwritten = True

    def __init__(self, units: PositiveInt, bias: bool = True, init: InitializerName = "auto"):
        self.units = units
        self.bias = bias
        self.init = init
        self.init_is_automatic = init == AUTO

    def choose_initializer(self, *, before_rectifier: bool) -> None:
        if self.init_is_automatic:
            self.init = automatic(before_rectifier=before_rectifier)

    def build(self, input_shape: Shape) -> Shape:
        features = vector_length(input_shape)
        draw = initializer(self.init)(fan_in=features, fan_out=self.units)
        self.variables["weight"] = Variable((self.units, features), draw)
        if self.bias:
            self.variables["bias"] = Variable((self.units,), zeros)
        return (self.units,)

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.x = x
        y = self.workspace.array("y", (self.units, x.shape[1]), x.dtype)
        np.matmul(self.variables["weight"].value, x, out=y)
        if self.bias:
            y += self.variables["bias"].value[:, None]
        return y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        np.matmul(dy, self.x.T, out=self.variables["weight"].grad)
        if self.bias:
            np.add.reduce(dy, axis=1, out=self.variables["bias"].grad)
        if not need_dx:
            return None
        return np.matmul(self.variables["weight"].value.T, dy, out=self.workspace.array("dx", self.x.shape, dy.dtype))

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}

    def multiply_adds(self) -> int:
        return self.variables["weight"].size
