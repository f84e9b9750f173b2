"""Adam: per-parameter learning rates from the moments of the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("adam")
class Adam(Optimizer):
    """m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w = w - lr m' / (sqrt(v') + eps).

    m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t) correct for the start at 0. Kingma & Ba 2015, algorithm 1,
    arXiv:1412.6980; as in PyTorch the current beta1 stands in beta1^t when a schedule moves it. Decay is an L2 penalty,
    g = grad + weight_decay w, or decoupled, w = w - lr weight_decay w (Loshchilov & Hutter 2019, arXiv:1711.05101,
    PyTorch's AdamW).

    The slots hold m / (1 - beta1) and v / (1 - beta2): two passes over the parameters fewer.

    Args:
        lr: learning rate, above 0; may be left out when a scheduler sets it.
        beta1: decay of the mean of gradients; its momentum.
        beta2: decay of the mean of squared gradients.
        eps: keeps the division finite; above 0.
        weight_decay: factor of the decay.
        decoupled: decay the weights themselves rather than penalize them.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too; as in PyTorch.
    """

    slot_names = ("m", "v")
    momentum_name = "beta1"

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        beta1: ProperFraction = 0.9,
        beta2: ProperFraction = 0.999,
        eps: PositiveFloat = 1e-8,
        weight_decay: NonNegativeFloat = 0.0,
        decoupled: bool = False,
        decay_bias_and_norm: bool = True,
    ):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weight_decay = weight_decay
        self.decay_bias_and_norm = decay_bias_and_norm
        self.decoupled = decoupled
        self.previous_beta1 = beta1

    def begin_step(self) -> None:
        """The scalars of this step: sqrt(v') is `spread` times the root of the slot, m' is `mean` times the slot."""
        self._m_decay = self.beta1 * (1 - self.previous_beta1) / (1 - self.beta1)
        self.previous_beta1 = self.beta1
        mean = (1 - self.beta1) / (1 - self.beta1**self.steps)
        spread = math.sqrt((1 - self.beta2) / (1 - self.beta2**self.steps))
        self._eps, self._scale = self.eps / spread, mean / spread

    def update(self, value: Array, grad: Array, scratch: Array, m: Array, v: Array) -> None:
        if self.decay and not self.decoupled:
            np.multiply(value, self.decay, out=scratch)
            scratch += grad
            grad = scratch
        self.average(grad, scratch, m, v)
        self.direct(scratch, m, v)
        scratch *= self.rate * self._scale
        if self.decay and self.decoupled:
            value *= 1 - self.rate * self.decay
        value -= scratch

    def average(self, grad: Array, scratch: Array, m: Array, v: Array) -> None:
        """Move the two slots of a block."""
        m *= self._m_decay
        m += grad
        v *= self.beta2
        v += np.multiply(grad, grad, out=scratch)

    def direct(self, direction: Array, m: Array, v: Array) -> None:
        """Set the direction of a block, m' / (sqrt(v') + eps) divided by `_scale`, from its slots."""
        np.sqrt(v, out=direction)
        direction += self._eps
        np.divide(m, direction, out=direction)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "previous_beta1": self.previous_beta1}
