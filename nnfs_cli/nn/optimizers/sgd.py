"""SGD: down the gradient, with momentum."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("sgd")
class SGD(Optimizer):
    """v = momentum v + g, w = w - lr v, with g = grad + weight_decay w; Nesterov: w = w - lr (g + momentum v).

    Polyak 1964; Sutskever et al. 2013 for Nesterov. As in PyTorch (without dampening) the rate multiplies v only when
    it is used, so that a changing rate acts at once; in Keras it is part of v.

    Args:
        lr: learning rate, above 0; may be left out when a scheduler sets it.
        momentum: at least 0 and below 1.
        nesterov: look one step ahead.
        weight_decay: factor of the L2 penalty.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too; as in PyTorch.
    """

    slot_names = ("velocity",)

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        momentum: ProperFraction = 0.0,
        nesterov: bool = False,
        weight_decay: NonNegativeFloat = 0.0,
        decay_bias_and_norm: bool = True,
    ):
        self.lr = lr
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self.decay_bias_and_norm = decay_bias_and_norm

    def update(self, value: Array, grad: Array, scratch: Array, velocity: Array) -> None:
        velocity *= self.momentum
        velocity += grad
        if self.decay:
            velocity += np.multiply(value, self.decay, out=scratch)
        if not self.nesterov:
            value -= np.multiply(velocity, self.rate, out=scratch)
            return
        if self.decay:
            scratch += grad
        else:
            np.copyto(scratch, grad)
        scratch *= self.rate
        value -= scratch
        value -= np.multiply(velocity, self.rate * self.momentum, out=scratch)
