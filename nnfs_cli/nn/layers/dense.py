"""Dense: every output sees every input."""

from __future__ import annotations

from typing import Literal

import numpy as np

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.convolution.field import Field
from nnfs_cli.nn.initializers import AUTO, BiasInitializer, InitializerChoice
from nnfs_cli.nn.layers.affine import Affine, LrFactor
from nnfs_cli.nn.layers.base import Signal
from nnfs_cli.nn.shapes import Array, Shape, vector_length
from nnfs_cli.parameters import PositiveFloat, PositiveInt
from nnfs_cli.registry import LAYERS


@LAYERS.register("dense")
class Dense(Affine):
    """The affine map y = W x + b.

    Shapes: x (features, N), W (units, features), b (units,), y (units, N).

    Args:
        units: number of outputs, at least 1; auto, in the last layer, as many as there are classes or values.
        bias: whether b is there.
        init: how W is drawn, or the number that all of it is; auto is he_uniform before elu, gelu, leaky_relu, mish,
            relu and silu, lecun_normal before selu, else glorot_uniform.
        bias_init: how b is drawn, or a number. PyTorch draws both in +-1 / sqrt(features).
        lr_factor: what the learning rate is multiplied by for W; inverse_sqrt_fan_in is 1 / sqrt(features).
        bias_lr_factor: the same for b.

    Raises:
        ShapeError: one example is not a vector, or its units are not known.
    """

    results_may_be_overwritten = True

    def __init__(
        self,
        units: PositiveInt | Literal["auto"],
        bias: bool = True,
        init: InitializerChoice = AUTO,
        bias_init: BiasInitializer = "zeros",
        lr_factor: LrFactor = 1.0,
        bias_lr_factor: PositiveFloat = 1.0,
    ):
        super().__init__(bias, init, bias_init, lr_factor, bias_lr_factor)
        self.units = units

    def settle_units(self, outputs: int) -> None:
        """Settle `units: auto`, before `build`, for so many outputs of the network."""
        if self.units == AUTO:
            self.units = outputs

    def build(self, input_shape: Shape) -> Shape:
        if self.units == AUTO:
            raise ShapeError("units: auto is for the last layer, whose units follow from the data. Give a number.")
        features = vector_length(input_shape)
        self.declare((self.units, features), fan_in=features, fan_out=self.units)
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
            np.einsum("un->u", dy, out=self.variables["bias"].grad)
        if not need_dx:
            return None
        return np.matmul(self.variables["weight"].value.T, dy, out=self.workspace.array("dx", self.x.shape, dy.dtype))

    def field(self, x: Field) -> None:
        return None

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}

    def multiply_adds(self) -> int:
        return self.variables["weight"].size
