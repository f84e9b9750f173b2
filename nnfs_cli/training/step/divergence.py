"""Divergence: the first layer with a number that is not finite."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.embeddings import NAME as EMBEDDING
from nnfs_cli.nn.layers.base import Layer, location_of
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import BLOCK
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

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
    """The first layer whose output for x (…, N) is not finite, also within blocks; nothing if there is none."""
    broken = _first_broken([layer for name, layer in network.walk() if "." not in name], x)
    return "" if broken is None else f"first in the output of {_place_of(broken.name, broken)}"


def _first_broken(layers: Sequence[Layer], x: Array) -> Layer | None:
    for layer in layers:
        y = layer.forward(x)
        if not np.isfinite(y).all():
            found = (_first_broken(part.layers, x) for part in layer.inner.values())
            return next(filter(None, found), layer)
        x = y
    return None


def broken_numbers(network: Network, vector: Array, start: int = 0) -> Array:
    """How many numbers of each variable are NaN, and how many are infinite: (2, variables) float64.

    Args:
        vector: a part of a flat vector of all parameters, or all of it.
        start: where in the flat vector it begins.
    """
    sizes = [variable.size for variable in network.variables().values()]
    ends = np.cumsum(sizes)
    owners = [np.searchsorted(ends, start + np.flatnonzero(bad(vector)), side="right") for bad in (np.isnan, np.isinf)]
    return np.array([np.bincount(owner, minlength=len(sizes)) for owner in owners], np.float64)


def broken_parameter(network: Network) -> tuple[str, float] | None:
    """The last layer with a parameter that is not finite, else the first state that is not; None if all are."""
    values = network.values
    blocks = (values[start : start + BLOCK] for start in range(0, values.size, BLOCK))
    if not all(np.isfinite(block).all() for block in blocks):
        layer, value = last_layer(network, broken_numbers(network, values))
        return f"a parameter of {layer}", value
    for name, state in network.states().items():
        if not np.isfinite(state.value).all():
            return f"model.{name}", math.nan if np.isnan(state.value).any() else math.inf
    return None


def last_layer(network: Network, broken: Array) -> tuple[str, float]:
    """The last layer with a number that is not finite, and NaN or infinity, whichever it has.

    Of a gradient that is the first one in the backward pass.

    Args:
        broken: `broken_numbers` of a whole vector, with at least one.
    """
    index = int(np.flatnonzero(broken.any(axis=0))[-1])
    found = [(name, layer, key) for name, layer in network.walk() for key in layer.variables]
    value = math.nan if broken[0, index] else math.inf
    return _place_of(*found[index]), value


def _place_of(name: str, layer: Layer, key: str = "") -> str:
    """What an error calls a layer, or the embedding of a column that learns a variable with a key."""
    if name == EMBEDDING:
        column = key.removesuffix(".weight")
        return f"the embedding of column '{shown(column)}'" if column else "the embeddings"
    return f"model.{location_of(name, layer)}"
