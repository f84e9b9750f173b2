"""Trees: damages to the values of a JSON text, which stays JSON, so that what lies behind the parser is reached too."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from tests.fuzz.mutate import MOST_DAMAGES, Mutator, Random

DEEPEST = 20
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 10**12, 10**40, 2**63, -(2**63), 0.5, -0.5, 1e300, 1e-320),
    *(float("inf"), float("nan"), "", "x", "0", "dense", "os.system", "http://x/y", "../../etc/passwd", "a\nb\x1b[31m"),
    *(
        "\ud800",
        "é" * 100,
        [],
        {},
        [[]],
        [None],
        [1, 2],
        ["a", "b"],
        [1e300] * 3,
        {"type": "dense"},
        {"a": 1},
        {"": None},
    ),
    *([{}], [0] * 300, [["a"]], {"type": "flatten"}, {"type": ["dense"]}, {"type": "dense", "units": 10**12}),
)


class TreeMutator(Mutator):
    """Damages JSON texts: every other one as bytes, and so those that are none or too deep; the others as trees."""

    def mutant(self, number: int) -> bytes:
        """The input of this number."""
        if number % 2:
            return super().mutant(number)
        rng = Random(self.seed << 40 | number)
        try:
            tree = json.loads(rng.choice(self.files))
            for _ in range(rng.choice(MOST_DAMAGES)):
                damage(rng, tree)
            return json.dumps(tree).encode()
        except (ValueError, RecursionError):
            return super().mutant(number)


def damage(rng: Random, tree: Any) -> None:
    """Replace, remove, double or rename one value somewhere in a tree, or put one in."""
    places = list(_places(tree))
    if not places:
        return
    holder, key = rng.choice(places)
    match rng.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other, position = rng.choice(places)
            holder[key] = copy.deepcopy(other[position])
        case 2 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(rng.choice(VALUES)))
        case 2:
            holder[rng.choice(("x", "type", "", "a\nb"))] = holder.pop(key)
        case _:
            holder[key] = copy.deepcopy(rng.choice(VALUES))


def _places(tree: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Every value of a tree that is not too deep in it, as what holds it and the key there."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        if depth < DEEPEST:
            yield from _places(tree[key], depth + 1)
