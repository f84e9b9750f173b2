"""Cases of augmentations: at least one of every kind, with examples that it takes."""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    """A configuration, and the shape of one example."""

    config: dict[str, Any]
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.config} on {self.shape}"


CASES = [
    Case({"type": "shift"}, (1, 4, 5)),
    Case({"type": "shift", "pixels": 3}, (3, 6, 4)),
]
