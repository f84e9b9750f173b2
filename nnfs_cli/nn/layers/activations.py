"""Activations: functions of one number, applied to each."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS


@LAYERS.register("relu")
class ReLU(Layer):
    """The rectifier y = max(x, 0), with derivative 0 at 0, as in PyTorch.

    Shapes: any; y has the shape of x. Source: Nair & Hinton 2010.
    """

    init_before = "he_uniform"

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        self.y = np.maximum(x, 0, out=x if self.in_place else self.workspace.array("y", x.shape, x.dtype))
        return self.y

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        active = np.greater(self.y, 0, out=self.workspace.array("active", dy.shape, np.dtype(bool)))
        return np.multiply(dy, active, out=dy if self.in_place else self.workspace.array("dx", dy.shape, dy.dtype))

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        own = {} if self.in_place else {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}
        return {**own, **({"active": math.prod(y.shape)} if dx else {})}
