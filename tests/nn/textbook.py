"""Optimizers as the papers write them, whole vectors in float64: what the fast ones must equal.

With PyTorch's semantics: decay as torch.optim has it, and the hyper-parameters of a step are those of that step alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Gradient = Callable[[Array, int], Array]
Moves = Callable[[int], dict[str, float]]


def sgd(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> Array:
    """w after some steps of stochastic gradient descent; `moves` says what changes before each step."""
    v = np.zeros_like(w)
    for t in range(steps):
        now = {"lr": lr, "momentum": momentum, **moves(t)}
        g = gradient(w, t) + weight_decay * w
        v = now["momentum"] * v + g
        w = w - now["lr"] * (g + now["momentum"] * v if nesterov else v)
    return w


def adam(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = False,
) -> Array:
    """w after some steps of Adam, or of AdamW if decoupled; "momentum" moves beta1."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(steps):
        now = {"lr": lr, "momentum": beta1, **moves(t)}
        rate, beta = now["lr"], now["momentum"]
        g = gradient(w, t) + (0 if decoupled else weight_decay * w)
        m = beta * m + (1 - beta) * g
        v = beta2 * v + (1 - beta2) * g**2
        mean, square = m / (1 - beta ** (t + 1)), v / (1 - beta2 ** (t + 1))
        w = w - rate * (weight_decay * w if decoupled else 0) - rate * mean / (np.sqrt(square) + eps)
    return w
