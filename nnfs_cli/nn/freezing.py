"""Freezing: which layers of a network stay as they are while the others learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.text import MOST, listed, quoted

FEW = 3
"""Names that a question holds."""


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
    unknown = [(index, name) for index, name in enumerate(names) if name not in layers]
    if unknown or not names:
        return [(f"[{index}]", f"no layer is called {quoted(name)}. {_near(name, layers)}") for index, name in unknown]
    with_weights = {_is_within(name, names) for name, layer in layers.items() if layer.variables}
    if True not in with_weights:
        return [("", "these layers have no weights. Name one that has, or leave freeze out.")]
    return [] if False in with_weights else [("", "no weights are left to train. Leave a layer out of it.")]


def _near(name: str, layers: Iterable[str]) -> str:
    """Which layers there are: all, or, where these are many, those around the place that the name leads to."""
    around = [*layers]
    if len(around) <= MOST:
        return f"There are {listed(around)}."
    parts = name.split(".")
    while parts:
        block = ".".join(parts)
        inner = [other for other in around if other.startswith(f"{block}.")]
        nearest = [other for other in inner if not any(other.startswith(f"{block}.") for block in inner)]
        if nearest and block == name:
            return f"Did you mean {' or '.join(map(quoted, nearest[:FEW]))}?"
        if nearest:
            return f"Within {block} there are {listed(nearest)}".removesuffix(".") + "."
        parts.pop()
    return f"There are {listed([other for other in around if '.' not in other])}".removesuffix(".") + "."


def _is_within(name: str, blocks: Sequence[str]) -> bool:
    """Whether a layer is one of some layers, or lies within one of them."""
    return any(f"{name}.".startswith(f"{block}.") for block in blocks)
