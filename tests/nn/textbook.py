"""Optimizers as the papers write them, whole vectors in float64: what the fast ones must equal.

With PyTorch's semantics: decay as torch.optim has it, and the hyper-parameters of a step are those of that step alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

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


def adamw(w: Array, gradient: Gradient, steps: int, moves: Moves, *, weight_decay: float = 0.01, **others) -> Array:
    """w after some steps of AdamW."""
    return adam(w, gradient, steps, moves, weight_decay=weight_decay, decoupled=True, **others)


def rmsprop(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    weight_decay: float = 0.0,
) -> Array:
    """w after some steps of RMSprop."""
    v, b, mean = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for t in range(steps):
        now = {"lr": lr, "momentum": momentum, **moves(t)}
        g = gradient(w, t) + weight_decay * w
        v = alpha * v + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        spread = np.sqrt(np.maximum(v - mean**2, 0)) if centered else np.sqrt(v)
        b = now["momentum"] * b + g / (spread + eps)
        w = w - now["lr"] * b
    return w


def adagrad(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    eps: float = 1e-10,
    weight_decay: float = 0.0,
) -> Array:
    """w after some steps of Adagrad."""
    s = np.zeros_like(w)
    for t in range(steps):
        g = gradient(w, t) + weight_decay * w
        s = s + g**2
        w = w - {"lr": lr, **moves(t)}["lr"] * g / (np.sqrt(s) + eps)
    return w


def lion(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.99,
    weight_decay: float = 0.0,
) -> Array:
    """w after some steps of Lion; "momentum" moves beta1."""
    m = np.zeros_like(w)
    for t in range(steps):
        now = {"lr": lr, "momentum": beta1, **moves(t)}
        g, beta = gradient(w, t), now["momentum"]
        w = w - now["lr"] * (np.sign(beta * m + (1 - beta) * g) + weight_decay * w)
        m = beta2 * m + (1 - beta2) * g
    return w


def lamb(
    w: Array,
    gradient: Gradient,
    steps: int,
    moves: Moves,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-6,
    weight_decay: float | Array = 0.0,
    arrays: Sequence[tuple[int, bool]] = (),
) -> Array:
    """w after some steps of LAMB; "momentum" moves beta1.

    Args:
        arrays: how many parameters on end each array has, and whether its steps are as long as it is; one if left out.
    """
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(steps):
        now = {"lr": lr, "momentum": beta1, **moves(t)}
        g, beta = gradient(w, t), now["momentum"]
        m = beta * m + (1 - beta) * g
        v = beta2 * v + (1 - beta2) * g**2
        u = m / (1 - beta ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps) + weight_decay * w
        ratio, start = np.ones_like(w), 0
        for size, adapts in arrays or [(w.size, True)]:
            part = slice(start, start + size)
            long, step = math.sqrt(math.fsum(w[part] ** 2)), math.sqrt(math.fsum(u[part] ** 2))
            ratio[part] = long / step if adapts and long > 0 and step > 0 else 1.0
            start += size
        w = w - now["lr"] * ratio * u
    return w
