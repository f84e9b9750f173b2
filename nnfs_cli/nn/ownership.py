"""Ownership: a layer belongs to one network, which keeps its weights and its buffers in it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Sequence
from typing import Any

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.base import Layer

_OWNERS: weakref.WeakKeyDictionary[Layer, weakref.ref] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def claim(layers: Sequence[Layer], network: Any) -> None:
    """Make a network the owner of layers.

    Raises:
        ConfigError: a layer stands in the list twice, or belongs to another network that still lives; none is claimed.
    """
    with _LOCK:
        if _taken(layers):
            gc.collect()  # a trained model is part of a reference cycle: it may be dead and not yet gone
        problems = [*_taken(layers), *_repeated(layers)]
        if problems:
            raise ConfigError(*problems)
        for layer in layers:
            _OWNERS[layer] = weakref.ref(network)


def release(layers: Sequence[Layer]) -> None:
    """Let another network have these layers."""
    with _LOCK:
        for layer in layers:
            _OWNERS.pop(layer, None)


def _taken(layers: Sequence[Layer]) -> list[str]:
    return [
        f"{_place(layers, index)}: belongs to another network, which would lose its weights. Make a new layer."
        for index, layer in enumerate(layers)
        if layer in _OWNERS and _OWNERS[layer]() is not None
    ]


def _repeated(layers: Sequence[Layer]) -> list[str]:
    first = {id(layer): index for index, layer in reversed(list(enumerate(layers)))}
    return [
        f"{_place(layers, index)}: is the same object as layers[{first[id(layer)]}]. Make a layer for each place."
        for index, layer in enumerate(layers)
        if first[id(layer)] != index
    ]


def _place(layers: Sequence[Layer], index: int) -> str:
    return f"layers[{index}] ({layers[index].type_name})"
