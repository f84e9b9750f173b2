"""Covering: few cases in which every possible pair of choices meets at least once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations, product

Choice = tuple[Hashable, ...]
Pair = tuple[tuple[int, Hashable], ...]


def covering_array(
    factors: Mapping[str, Sequence[Hashable]],
    allowed: Callable[..., bool],
    cost: Callable[[Choice], int] = lambda choice: 0,
) -> list[Choice]:
    """Complete choices that meet every possible pair, found greedily; the same ones in every call.

    Args:
        factors: the values of every factor, the cheapest first: it wins where several meet as many pairs.
        allowed: whether a complete choice makes sense, given as keywords.
        cost: how many more pairs a choice must meet to be worth it.
    """
    choices = complete_choices(factors, allowed)
    bits: dict[Pair, int] = {}
    masks = [sum(1 << bits.setdefault(pair, len(bits)) for pair in pairs_of(choice)) for choice in choices]
    costs = [cost(choice) for choice in choices]
    missing, found = (1 << len(bits)) - 1, []
    while missing:
        useful = [position for position, mask in enumerate(masks) if mask & missing]
        best = max(useful, key=lambda position: (masks[position] & missing).bit_count() - costs[position])
        missing &= ~masks[best]
        found.append(choices[best])
    return found


def complete_choices(factors: Mapping[str, Sequence[Hashable]], allowed: Callable[..., bool]) -> list[Choice]:
    """Every choice that makes sense."""
    return [choice for choice in product(*factors.values()) if allowed(**dict(zip(factors, choice, strict=True)))]


def pairs_of(choice: Choice) -> list[Pair]:
    """The pairs of values, each with the place of its factor, that a complete choice meets."""
    return list(combinations(enumerate(choice), 2))
