"""Scale: one learned factor for every feature, so that training itself can select features."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.initializers import filled
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import Variable
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import LAYERS


@LAYERS.register("scale")
class Scale(Layer):
    """y = s x, with a learned factor s for every feature of a vector or channel of an image; all are 1 at first.

    The diagonal layer in front of RealMLP: Holzmüller et al. 2024, arXiv:2407.04491.

    Shapes: x (features, N) or (channels, height, width, N), s (features,) or (channels,); y has the shape of x.

    Args:
        lr_factor: what the learning rate is multiplied by for s.
    """

    results_may_be_overwritten = True
    selects = True

    def __init__(self, lr_factor: PositiveFloat = 1.0):
        self.lr_factor = lr_factor

    def build(self, input_shape: Shape) -> Shape:
        self.variables["weight"] = Variable(input_shape[:1], filled(1.0), self.lr_factor, decays=False)
        return input_shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.x = x
        return np.multiply(x, self._factors(x), out=self.workspace.array("y", x.shape, x.dtype))

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array | None:
        product = np.multiply(dy, self.x, out=self.workspace.array("dx", dy.shape, dy.dtype))
        np.add.reduce(product, axis=tuple(range(1, dy.ndim)), out=self.variables["weight"].grad)
        return np.multiply(dy, self._factors(dy), out=product) if need_dx else None

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        return {"y": y.nbytes, **({"dx": x.nbytes} if dw else {})}

    def multiply_adds(self) -> int:
        return math.prod(self.output_shape)

    def _factors(self, like: Array) -> Array:
        return self.variables["weight"].value.reshape(-1, *[1] * (like.ndim - 1))
