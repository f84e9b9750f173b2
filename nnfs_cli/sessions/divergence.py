"""Divergence: where a training lost its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.layers.base import Layer, place_of
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array
from nnfs_cli.sessions.tensors import parts_of

ADVICE = "Try a smaller rate (nnfs lr-find suggests one) or training.gradient_clip_norm: 1."


def diverged(what: str, value: float, when: str) -> DivergedError:
    """The error for a number that is no longer finite.

    Args:
        what: its name, such as "loss".
        value: NaN or an infinity.
        when: epoch, step and rate, and what had such a number first, if that is known.
    """
    return DivergedError(f"{what} became {'NaN' if math.isnan(value) else 'infinite'} at {when}. {ADVICE}")


def first_output(network: Network, x: Array) -> str:
    """The first layer whose output for x (…, N) is not finite, looked for within blocks too."""
    broken = _first_broken(network.layers, x)
    if broken is None:
        return "though every layer's output is finite"
    return f"first in the output of model.{place_of(broken.name, broken)}"


def _first_broken(layers: Sequence[Layer], x: Array) -> Layer | None:
    for layer in layers:
        y = layer.forward(x)
        if not np.isfinite(y).all():
            found = (_first_broken(part.layers, x) for part in layer.inner.values())
            return next(filter(None, found), layer)
        x = y
    return None


def last_layer(network: Network, vector: Array) -> tuple[str, float]:
    """The last layer with a number that is not finite in a vector of all parameters, and the first such number.

    Of a gradient that is where the way back met it first. The vector, (size,), has such a number.
    """
    broken = {name: part[~np.isfinite(part)] for name, part in parts_of(network, vector)}
    variable, numbers = [(name, numbers) for name, numbers in broken.items() if numbers.size][-1]
    name = variable.removeprefix("model.").rpartition(".")[0]
    return f"model.{place_of(name, dict(network.walk())[name])}", float(numbers[0])
