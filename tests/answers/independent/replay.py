"""Replay: the training of dense, ReLU, dense in plain NumPy and float64, batch first, with the gradients by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.answers.independent.figures import cross_entropy
from tests.answers.independent.network import Weights, softmax

Rule = Callable[[str, np.ndarray, np.ndarray, float, float, int], np.ndarray]
SHUFFLE_STREAM = 3


def batches(seed: int, examples: int, size: int, epochs: int) -> Iterator[tuple[int, np.ndarray]]:
    """The epoch, counted from 0, and the examples of every step: a new order in each epoch."""
    for epoch in range(epochs):
        order = np.random.default_rng(np.random.SeedSequence([seed, SHUFFLE_STREAM, epoch])).permutation(examples)
        for start in range(0, examples, size):
            yield epoch, order[start : start + size]


class Replay:
    """A network that learns.

    Args:
        weights: the first ones, by the names of a checkpoint: "0.weight", "0.bias", "2.weight", "2.bias".
        rule: the optimizer: the change of a weight from its name, value, gradient, rate, momentum and step from 1.
    """

    def __init__(self, weights: Weights, rule: Rule):
        self.weights = {name: array.copy() for name, array in weights.items()}
        self.rule, self.steps = rule, 0

    def learn(self, x: np.ndarray, y: np.ndarray, lr: float, momentum: float) -> tuple[float, np.ndarray]:
        """Learn from a batch: the mean loss and the scores (n, outputs) before the step."""
        w = self.weights
        hidden = np.maximum(x @ w["0.weight"].T + w["0.bias"], 0)
        scores = hidden @ w["2.weight"].T + w["2.bias"]
        loss, slope = _loss(scores, y)
        back = (slope @ w["2.weight"]) * (hidden > 0)
        gradients = {
            "0.weight": back.T @ x,
            "0.bias": back.sum(axis=0),
            "2.weight": slope.T @ hidden,
            "2.bias": slope.sum(axis=0),
        }
        self.steps += 1
        for name, gradient in gradients.items():
            w[name] = w[name] + self.rule(name, w[name], gradient, lr, momentum, self.steps)
        return loss, scores


def _loss(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean loss of a batch and its gradient by the scores."""
    if y.ndim == 1:
        return float(cross_entropy(scores, y).mean()), (softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)
    error = scores - y
    return float(np.mean(error**2)), 2 * error / error.size


def sgd() -> Rule:
    """v = momentum v + g, w = w - lr v, as PyTorch."""
    speed: dict[str, np.ndarray] = {}

    def rule(name: str, value: np.ndarray, g: np.ndarray, lr: float, momentum: float, step: int) -> np.ndarray:
        speed[name] = momentum * speed.get(name, 0) + g
        return -lr * speed[name]

    return rule


def adam(decay: float) -> Rule:
    """Kingma & Ba 2015, algorithm 1, with an L2 penalty; the current momentum stands in beta1^t, as in PyTorch."""
    mean: dict[str, np.ndarray] = {}
    square: dict[str, np.ndarray] = {}

    def rule(name: str, value: np.ndarray, g: np.ndarray, lr: float, momentum: float, step: int) -> np.ndarray:
        g = g + decay * value
        mean[name] = momentum * mean.get(name, 0) + (1 - momentum) * g
        square[name] = 0.999 * square.get(name, 0) + 0.001 * g**2
        spread = np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8
        return -lr * mean[name] / (1 - momentum**step) / spread

    return rule
