"""Profile: where the time of a training step goes, layer by layer and pass by pass."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.build import Parts, batch_of, refuse_beyond_memory
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import same_for_every_seed
from nnfs_cli.training.measure import flattened

ROUNDS, WARM_UP = 20, 3


@dataclass(frozen=True)
class PassTimes:
    """The median seconds of one thing in a step: a layer, the loss, or the optimizer, which has no backward pass.

    Attributes:
        layer: the name of a layer in the network, such as "3.layers.0"; "" for others.
        name: what it is, such as "dense". A block counts without its layers.
    """

    layer: str
    name: str
    forward: float
    backward: float


class Stopwatch:
    """The seconds of the calls that it wraps, by name; a call counts without those that were made within it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._within = 0.0

    def wrap(self, owner: Any, method: str, name: str) -> None:
        """Time a method of an object from now on."""
        call = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            before, self._within = self._within, 0.0
            began = time.perf_counter()
            result = call(*args, **kwargs)
            taken = time.perf_counter() - began
            self.seconds[name] += taken - self._within
            self._within = before + taken
            return result

        setattr(owner, method, timed)


def profile(parts: Parts) -> tuple[PassTimes, ...]:
    """Train some steps on random numbers, in this process alone, and time every pass of every layer.

    Raises:
        MachineError: the memory of this machine is not enough.
    """
    refuse_beyond_memory(parts)
    network, optimizer = parts.recipe.network, parts.recipe.optimizer
    network.allocate()
    network.initialize()
    optimizer.allocate(network.size, network.dtype, spans=network.spans)
    optimizer.lr = 1e-6
    watch, things = Stopwatch(), [*network.walk(), ("", parts.recipe.loss)]
    for index, (_, thing) in enumerate(things):
        watch.wrap(thing, "forward", f"{index} forward")
        watch.wrap(thing, "backward", f"{index} backward")
    watch.wrap(optimizer, "step", "update")
    rounds = [*_rounds(parts, watch)][WARM_UP:]

    def median(name: str) -> float:
        return float(np.median([seconds[name] for seconds in rounds]))

    passes = [
        PassTimes(name, thing.type_name, median(f"{index} forward"), median(f"{index} backward"))
        for index, (name, thing) in enumerate(things)
    ]
    return (*passes, PassTimes("", optimizer.type_name, median("update"), 0.0))


def _rounds(parts: Parts, watch: Stopwatch) -> Iterator[Counter[str]]:
    """The seconds of every pass, step by step."""
    network, loss, everything = parts.recipe.network, parts.recipe.loss, slice(0, parts.recipe.network.size)
    x, target = _random_batch(parts)
    for step in range(WARM_UP + ROUNDS):
        watch.seconds = Counter()
        context = network.training_context(step)
        y = network.forward(x, context)
        loss.forward(flattened(y), target)
        network.backward(loss.backward(x.shape[-1]).reshape(y.shape), context)
        parts.recipe.optimizer.step(network.values, network.grads, everything)
        yield watch.seconds


def _random_batch(parts: Parts) -> tuple[Array, Array]:
    """Random examples and answers, batch last, as the data would come."""
    rng, spec, batch = same_for_every_seed(), parts.spec, batch_of(parts)
    x = rng.standard_normal((batch, *spec.input_shape)).astype(parts.recipe.network.dtype)
    if parts.recipe.loss.takes_classes:
        target = rng.integers(0, spec.outputs, batch)
    else:
        target = rng.standard_normal((spec.outputs, batch)).astype(parts.recipe.network.dtype)
    return np.moveaxis(x, 0, -1), target
