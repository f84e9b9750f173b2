"""Profile: where the time of a training step goes, layer by layer and pass by pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.build import Parts, batch_of, refuse_beyond_memory
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import same_for_every_seed

ROUNDS, WARM_UP = 20, 3


@dataclass(frozen=True)
class PassTimes:
    """The median seconds of one thing in a step: a layer, the loss, or the optimizer, which has no backward pass."""

    name: str
    forward: float
    backward: float


def profile(parts: Parts) -> tuple[PassTimes, ...]:
    """Train some steps on random numbers, in this process alone, and time every pass of every layer.

    Raises:
        MachineError: the memory of this machine is not enough.
    """
    refuse_beyond_memory(parts)
    parts.recipe.network.allocate()
    parts.recipe.network.initialize()
    parts.recipe.optimizer.allocate(parts.recipe.network.size, parts.recipe.network.dtype)
    parts.recipe.optimizer.lr = 1e-6
    x, target = _random_batch(parts)
    rounds = [_time_step(parts, step, x, target) for step in range(WARM_UP + ROUNDS)][WARM_UP:]
    names = [
        *(layer.type_name for layer in parts.recipe.network.layers),
        parts.config.loss.type,
        parts.config.optimizer.type,
    ]
    medians = np.median(np.array(rounds), axis=0)
    return tuple(PassTimes(name, *map(float, times)) for name, times in zip(names, medians, strict=True))


def _time_step(parts: Parts, step: int, x: Array, target: Array) -> list[tuple[float, float]]:
    """The seconds of every pass in one step: (forward, backward) of every layer, the loss and the optimizer."""
    network, loss = parts.recipe.network, parts.recipe.loss
    network.randomize(step)
    forward, backward = [], []
    for layer in network.layers:
        seconds, x = _timed(lambda layer=layer, x=x: layer.forward(x, training=True))
        forward.append(seconds)
    loss_forward, _ = _timed(lambda: loss.forward(x, target))
    loss_backward, dy = _timed(lambda: loss.backward(x.shape[-1]))
    for index in reversed(range(len(network.layers))):
        seconds, dy = _timed(lambda index=index, dy=dy: network.backward_layer(index, dy))
        backward.append(seconds)
    everything = slice(0, network.size)
    update, _ = _timed(lambda: parts.recipe.optimizer.step(network.values, network.grads, everything))
    return [*zip(forward, reversed(backward), strict=True), (loss_forward, loss_backward), (update, 0.0)]


def _random_batch(parts: Parts) -> tuple[Array, Array]:
    """Random examples and answers, batch last, as the data would come."""
    rng, spec, batch = same_for_every_seed(), parts.spec, batch_of(parts)
    x = rng.standard_normal((batch, *spec.input_shape)).astype(parts.recipe.network.dtype)
    if parts.recipe.loss.takes_classes:
        target = rng.integers(0, spec.outputs, batch)
    else:
        target = rng.standard_normal((spec.outputs, batch)).astype(parts.recipe.network.dtype)
    return np.moveaxis(x, 0, -1), target


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
