"""SpatialDropout: random channels are set to 0 while training."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer, Signal
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import ProperFraction
from nnfs_cli.registry import LAYERS


@LAYERS.register("spatial_dropout")
class SpatialDropout(Layer):
    """Dropout of whole channels, whose pixels say the same: y = x * kept / (1 - rate) while training, y = x otherwise.

    Tompson et al. 2015, section 3.2, arXiv:1411.4280; as Dropout2d and Dropout1d in PyTorch. Every worker draws for its
    share of a batch, so another number of workers is like another seed.

    Shapes: x (channels, height, width, N), (channels, length, N) or, like dropout, (features, N); y has the shape of x.

    Args:
        rate: share of the channels that are set to 0, at least 0 and below 1.
    """

    selects = True

    def __init__(self, rate: ProperFraction):
        self.rate = rate

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        if not context.training or self.rate == 0:
            return x
        uniform = context.random(self.name).random((len(x), x.shape[-1]), dtype=np.float32)
        factor = (uniform >= self.rate).astype(x.dtype) / x.dtype.type(1 - self.rate)
        self.factor = factor.reshape(len(x), *[1] * (x.ndim - 2), x.shape[-1])
        return np.multiply(x, self.factor, out=self.workspace.array("y", x.shape, x.dtype))

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        if self.rate == 0:
            return dy
        return np.multiply(dy, self.factor, out=self.workspace.array("dx", dy.shape, dy.dtype))

    def buffers(self, x: Signal, y: Signal, *, training: bool, dw: bool, dx: bool) -> dict[str, int]:
        if not training or self.rate == 0:
            return {}
        return {"y": y.nbytes, **({"dx": x.nbytes} if dx else {})}

    def contiguous(self, x: Signal, *, training: bool) -> bool:
        return x.contiguous or (training and self.rate > 0)
