"""Ownership: a layer belongs to one network, which keeps its weights and its buffers in it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterable, Sequence
from typing import Any

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.base import Layer, location_of, path_of

_OWNERS: weakref.WeakKeyDictionary[Layer, weakref.ref] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def claim(layers: Iterable[tuple[str, Layer]], network: Any) -> None:
    """Make a network the owner of layers.

    Args:
        layers: each with its name.

    Raises:
        ConfigError: a layer stands there twice, or belongs to another network that still lives; none is claimed.
    """
    layers = list(layers)
    with _LOCK:
        if _taken(layers):
            gc.collect()  # a trained model is part of a reference cycle: it may be dead and not yet gone
        problems = [*_taken(layers), *_repeated(layers)]
        if problems:
            raise ConfigError(*problems)
        for _, layer in layers:
            _OWNERS[layer] = weakref.ref(network)


def release(layers: Iterable[tuple[str, Layer]]) -> None:
    """Let another network have these layers."""
    with _LOCK:
        for _, layer in layers:
            _OWNERS.pop(layer, None)


def _taken(layers: Sequence[tuple[str, Layer]]) -> list[str]:
    return [
        f"{location_of(name, layer)}: belongs to another network, which would lose its weights. Make a new layer."
        for name, layer in layers
        if layer in _OWNERS and _OWNERS[layer]() is not None
    ]


def _repeated(layers: Sequence[tuple[str, Layer]]) -> list[str]:
    first = {id(layer): name for name, layer in reversed(layers)}
    return [
        f"{location_of(name, layer)}: is the same object as {path_of(first[id(layer)])}. Make a layer for each place."
        for name, layer in layers
        if first[id(layer)] != name
    ]
