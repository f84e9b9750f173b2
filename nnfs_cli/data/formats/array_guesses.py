"""Array guesses: which two arrays people probably mean, for the advice of a message."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from nnfs_cli.data.formats.arrays import read_shapes
from nnfs_cli.text import MOST

PAIRS = (("x", "y"), ("X", "y"), ("X", "Y"), ("images", "labels"), ("data", "target"), ("features", "labels"))


class Keys(NamedTuple):
    """The names of the arrays with the examples and with the answers."""

    x: str
    y: str


def guessed(path: Path, names: Sequence[str]) -> Keys | None:
    """The only two of these arrays in a file that can be examples and answers: as many, the answers smaller."""
    shapes = read_shapes(path, names[:MOST])
    if None in shapes.values():
        return None
    found = [
        Keys(x, y)
        for x, of_x in shapes.items()
        for y, of_y in shapes.items()
        if len(of_x) > 1 and 0 < len(of_y) < 3 and of_x[0] == of_y[0] and math.prod(of_x) > math.prod(of_y)
    ]
    return found[0] if len(found) == 1 else None


def pair_of(path: Path) -> Keys:
    """The two files of which this is one, as far as the other lies beside it under a usual name."""
    words = re.split(r"([\W_]+)", path.stem)
    for x, y in PAIRS:
        for have, lack in ((x, y), (y, x)):
            other = path.with_stem("".join(lack if word == have else word for word in words))
            if have in words and other.exists():
                return Keys(*(map(str, (path, other) if have == x else (other, path))))
    return Keys(str(path), "...")
