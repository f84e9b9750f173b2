"""Lion: steps of one size, in the direction of the sign of a mean of gradients."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("lion")
class Lion(Optimizer):
    """w = w - lr (sign(beta1 m + (1 - beta1) g) + weight_decay w), then m = beta2 m + (1 - beta2) g.

    Chen et al. 2023, algorithm 2, arXiv:2302.06675. The paper takes a rate 3 to 10 times smaller than for adamw, and a
    weight_decay as much larger.

    Args:
        lr: learning rate, above 0, the size of every step; may be left out when a scheduler sets it.
        beta1: how much of the mean there is in a step; its momentum.
        beta2: decay of the mean of gradients.
        weight_decay: the share of a weight, times lr, that is taken off in every step.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too, as optax does.
    """

    slot_names = ("m",)
    momentum_name = "beta1"

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        beta1: ProperFraction = 0.9,
        beta2: ProperFraction = 0.99,
        weight_decay: NonNegativeFloat = 0.0,
        decay_bias_and_norm: bool = False,
    ):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.weight_decay = weight_decay
        self.decay_bias_and_norm = decay_bias_and_norm

    def update(self, value: Array, grad: Array, scratch: Array, m: Array) -> None:
        np.subtract(m, grad, out=scratch)
        scratch *= self.beta1
        scratch += grad
        np.sign(scratch, out=scratch)
        scratch *= self.rate
        if self.decay:
            value *= 1 - self.rate * self.decay
        value -= scratch
        m -= grad
        m *= self.beta2
        m += grad
