"""RMSprop: the gradient divided by its recent size, parameter by parameter."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("rmsprop")
class RMSprop(Optimizer):
    """v = alpha v + (1 - alpha) g^2, b = momentum b + g / (sqrt(v) + eps), w = w - lr b; g = grad + weight_decay w.

    Tieleman & Hinton 2012, lecture 6.5; as in PyTorch, where eps is added to the root, not under it as in TensorFlow.

    Args:
        lr: learning rate, above 0; may be left out when a scheduler sets it.
        alpha: decay of the mean of squared gradients.
        eps: keeps the division finite; above 0.
        momentum: at least 0 and below 1.
        centered: divide by the deviation of the gradient, sqrt(v - mean^2), with a mean that decays as v does.
        weight_decay: factor of the L2 penalty.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too, as PyTorch does.
    """

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        alpha: ProperFraction = 0.99,
        eps: PositiveFloat = 1e-8,
        momentum: ProperFraction = 0.0,
        centered: bool = False,
        weight_decay: NonNegativeFloat = 0.0,
        decay_bias_and_norm: bool = False,
    ):
        self.lr = lr
        self.alpha = alpha
        self.eps = eps
        self.momentum = momentum
        self.centered = centered
        self.weight_decay = weight_decay
        self.decay_bias_and_norm = decay_bias_and_norm

    @property
    def slot_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The mean is there if it is needed."""
        return ("square", "buffer", "mean") if self.centered else ("square", "buffer")

    def update(self, value: Array, grad: Array, scratch: Array, square: Array, buffer: Array, *mean: Array) -> None:
        g = grad + self.decay * value if self.decay else grad
        square *= self.alpha
        square += np.multiply(g, (1 - self.alpha) * g, out=scratch)
        np.copyto(scratch, square)
        if self.centered:
            (center,) = mean
            center *= self.alpha
            center += (1 - self.alpha) * g
            scratch -= center * center
            np.maximum(scratch, 0, out=scratch)
        np.sqrt(scratch, out=scratch)
        scratch += self.eps
        np.divide(g, scratch, out=scratch)
        buffer *= self.momentum
        buffer += scratch
        value -= np.multiply(buffer, self.rate, out=scratch)
