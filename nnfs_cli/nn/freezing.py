"""Freezing: which layers of a network stay as they are while the others learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.text import listed, quoted


def freeze(layers: Mapping[str, Layer], names: Sequence[str]) -> None:
    """Freeze the layers with these names and all within them, and no others.

    Args:
        layers: all of a network, by name.

    Raises:
        ConfigError: `freeze_problems`.
    """
    if problems := [f"freeze{place}: {why}" for place, why in freeze_problems(layers, names)]:
        raise ConfigError(*problems)
    for name, layer in layers.items():
        layer.frozen = _is_within(name, names)


def freeze_problems(layers: Mapping[str, Layer], names: Sequence[str]) -> list[tuple[str, str]]:
    """Why layers cannot be frozen: which name, such as "[1]", or "" for all of them, and a sentence."""
    known = f"There are {listed(list(layers))}."
    unknown = [(index, name) for index, name in enumerate(names) if name not in layers]
    if unknown or not names:
        return [(f"[{index}]", f"no layer is called {quoted(name)}. {known}") for index, name in unknown]
    with_weights = {_is_within(name, names) for name, layer in layers.items() if layer.variables}
    if True not in with_weights:
        return [("", "these layers have no weights. Name one that has, or leave freeze out.")]
    return [] if False in with_weights else [("", "no weights are left to train. Leave a layer out of it.")]


def _is_within(name: str, blocks: Sequence[str]) -> bool:
    """Whether a layer is one of some layers, or lies within one of them."""
    return any(f"{name}.".startswith(f"{block}.") for block in blocks)
