"""Dropout: a random part of the inputs is set to 0 while training."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import ProperFraction
from nnfs_cli.registry import LAYERS


@LAYERS.register("dropout")
class Dropout(Layer):
    """Inverted dropout: y = x * kept / (1 - rate) while training, y = x otherwise.

    Every input is dropped by itself; the rest is scaled up, so that the mean stays and prediction needs no change.
    Every worker draws for its share of a batch, so another number of workers is like another seed.
    Shapes: any; y has the shape of x. Source: Srivastava et al. 2014, JMLR 15, section 10, as PyTorch and Keras do it.

    Args:
        rate: share of the inputs that are set to 0, at least 0 and below 1.
    """

    selects = True

    def __init__(self, rate: ProperFraction):
        self.rate = rate

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        if not context.training or self.rate == 0:
            return x
        uniform = self.workspace.array("uniform", x.shape, np.dtype(np.float32))
        context.random(self.name).random(dtype=np.float32, out=uniform)
        self.kept = np.greater_equal(uniform, self.rate, out=self.workspace.array("kept", x.shape, np.dtype(bool)))
        return self._keep(x, "y")

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        return dy if self.rate == 0 else self._keep(dy, "dx")

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        if not training or self.rate == 0:
            return {}
        count = math.prod(x.shape)
        uniform = np.dtype(np.float32).itemsize * count
        return {"uniform": uniform, "kept": count, "y": y.nbytes, **({"dx": x.nbytes} if dx else {})}

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        return x.contiguous or (training and self.rate > 0)

    def _keep(self, x: Array, name: str) -> Array:
        y = np.multiply(x, self.kept, out=self.workspace.array(name, x.shape, x.dtype))
        y *= 1 / (1 - self.rate)
        return y
