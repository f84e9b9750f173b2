"""Adagrad: rates that fall with all gradients so far, parameter by parameter."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("adagrad")
class Adagrad(Optimizer):
    """s = s + g^2, w = w - lr g / (sqrt(s) + eps), with g = grad + weight_decay w; s is 0 at first.

    Duchi et al. 2011, JMLR 12, figure 1; as in PyTorch with its lr_decay of 0. It has no momentum: a one-cycle moves
    its rate alone.

    Args:
        lr: learning rate, above 0; may be left out when a scheduler sets it.
        eps: keeps the division finite; above 0.
        weight_decay: factor of the L2 penalty.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too, as PyTorch does.
    """

    slot_names = ("sum",)
    has_momentum = False

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        eps: PositiveFloat = 1e-10,
        weight_decay: NonNegativeFloat = 0.0,
        decay_bias_and_norm: bool = False,
    ):
        self.lr = lr
        self.eps = eps
        self.weight_decay = weight_decay
        self.decay_bias_and_norm = decay_bias_and_norm
        self.momentum = 0.0

    def update(self, value: Array, grad: Array, scratch: Array, sum: Array) -> None:
        g = grad + self.decay * value if self.decay else grad
        sum += np.multiply(g, g, out=scratch)
        np.sqrt(sum, out=scratch)
        scratch += self.eps
        np.divide(g, scratch, out=scratch)
        scratch *= self.rate
        value -= scratch
