"""Repeat: an item of a list of layers that stands for its own layers, several times, each copy with its own weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import MinLen

from nnfs_cli.config.yaml.problems import Spot
from nnfs_cli.config.yaml.tree import MOST_VALUES
from nnfs_cli.parameters import Means, PositiveInt
from nnfs_cli.registry import LAYERS, Members, Registry, checked

KEY = "repeat"
EXAMPLE = "repeat: {times: 3, layers: [...]}"
SomeLayers = Annotated[tuple[Any, ...], MinLen(1), Members(LAYERS), Means("a list of at least one layer")]


@checked(KEY)
@dataclass(frozen=True)
class Repeat:
    """Layers, several times in a row.

    Args:
        times: how often.
        layers: in order; blocks may stand among them, and other repeats.
    """

    times: PositiveInt
    layers: SomeLayers


def may_stand_in(registry: Registry[Any]) -> bool:
    """Whether a list of members of a registry takes the item."""
    return registry.kind == LAYERS.kind


def repeat_in(spot: Spot) -> Spot | None:
    """The keys of the repeat, if an item of a list is one; a problem for every key beside it."""
    children = spot.children()
    if KEY not in children or "type" in children:
        return None
    for name, child in children.items():
        if name != KEY:
            child.wrong(f"stands beside {KEY}. Put it under {KEY}, or into one of its layers: {EXAMPLE}.")
    return children[KEY]


def refuse_bombs(spot: Spot, times: int = 1) -> int:
    """The number of values that a spot stands for, those of a repeat as often as it says.

    Args:
        times: how often the values within the spot come.

    Raises:
        ConfigError: more than a configuration may have.
    """
    children = spot.children()
    again = children["times"].node.value if spot.name == KEY and "times" in children else 1
    within = {"layers": again} if type(again) is int and again > 1 else {}
    inner = [*((child, within.get(name, 1)) for name, child in children.items()), *((item, 1) for item in spot.items())]
    count = 1 + times * sum(refuse_bombs(child, often) for child, often in inner)
    if count > MOST_VALUES:
        spot.wrong(f"stands for more than {MOST_VALUES:,} values, counting all that is repeated. Repeat it less often.")
        spot.problems.raise_if_any()
    return count
