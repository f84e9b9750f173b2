"""Divergence: where a training lost its numbers."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.errors import DivergedError
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
    """The first layer whose output for x (…, N) is not finite."""
    for index, layer in enumerate(network.layers):
        x = layer.forward(x)
        if not np.isfinite(x).all():
            return f"first in the output of {_place(network, index)}"
    return "though every layer's output is finite"


def last_layer(network: Network, vector: Array) -> tuple[str, float]:
    """The last layer with a number that is not finite in a vector of all parameters, and the first such number.

    Of a gradient that is where the way back met it first. The vector, (size,), has such a number.
    """
    broken = {name: part[~np.isfinite(part)] for name, part in parts_of(network, vector)}
    name, numbers = [(name, numbers) for name, numbers in broken.items() if numbers.size][-1]
    return _place(network, int(name.split(".")[1])), float(numbers[0])


def _place(network: Network, index: int) -> str:
    return f"model.layers[{index}] ({network.layers[index].type_name})"
