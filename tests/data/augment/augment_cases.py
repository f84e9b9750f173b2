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
    Case({"type": "rotate"}, (1, 7, 8)),
    Case({"type": "rotate", "degrees": 180}, (3, 5, 4)),
    Case({"type": "rotate", "degrees": 90}, (2, 300, 250)),
    Case({"type": "scale", "by": 0.5}, (2, 6, 7)),
    Case({"type": "shear", "degrees": 40}, (1, 6, 5)),
    Case({"type": "elastic"}, (1, 9, 8)),
    Case({"type": "elastic", "strength": 5, "smoothness": 1}, (3, 5, 6)),
    Case({"type": "flip"}, (3, 4, 5)),
    Case({"type": "flip", "axis": "vertical", "chance": 0.9}, (1, 5, 4)),
    Case({"type": "flip", "alternate": True}, (3, 4, 5)),
    Case({"type": "crop"}, (3, 8, 7)),
    Case({"type": "crop", "padding": 2, "fill": "edge"}, (1, 5, 6)),
    Case({"type": "brightness", "by": 0.5}, (3, 4, 4)),
    Case({"type": "contrast", "by": 0.5}, (3, 4, 5)),
    Case({"type": "noise", "deviation": 20}, (2, 3, 5)),
    Case({"type": "noise", "deviation": 20}, (12,)),
    Case({"type": "cutout", "size": 3}, (3, 6, 5)),
    Case({"type": "cutout", "size": 4}, (1, 4, 9)),
]
