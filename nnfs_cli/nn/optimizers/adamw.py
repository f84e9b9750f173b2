"""AdamW: Adam with decay of the weights themselves."""

from __future__ import annotations

from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.parameters import NonNegativeFloat, PositiveFloat, ProperFraction
from nnfs_cli.registry import OPTIMIZERS


@OPTIMIZERS.register("adamw")
class AdamW(Adam):
    """w = w - lr weight_decay w, then a step of adam without a penalty: adam with decoupled: true.

    Loshchilov & Hutter 2019, algorithm 2, arXiv:1711.05101, with PyTorch's defaults, but that biases and norms do not
    decay. Every weight shrinks by the same share, where the penalty of adam is divided by sqrt(v') like the rest of its
    gradient: a weight_decay of 1e-4 for adam is about one of 1e-2 to 1e-1 here.

    Args:
        lr: learning rate, above 0; may be left out when a scheduler sets it.
        beta1: decay of the mean of gradients; its momentum.
        beta2: decay of the mean of squared gradients.
        eps: keeps the division finite; above 0.
        weight_decay: the share of a weight, times lr, that is taken off in every step.
        decay_bias_and_norm: decay biases, and what scales and shifts in norms, too, as PyTorch does.
    """

    def __init__(
        self,
        lr: PositiveFloat | None = None,
        beta1: ProperFraction = 0.9,
        beta2: ProperFraction = 0.999,
        eps: PositiveFloat = 1e-8,
        weight_decay: NonNegativeFloat = 0.01,
        decay_bias_and_norm: bool = False,
    ):
        super().__init__(lr, beta1, beta2, eps, weight_decay, True, decay_bias_and_norm)
