"""Oracle: what augmentations do to one image, pixel by pixel, from their formulas."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Place = tuple[float, float]
Move = Callable[[float, float], Place]
"""From a place (row, column) in the new image, from its centre, to the one in the old image that it shows."""


def moved_image(x: np.ndarray, move: Move) -> np.ndarray:
    """The image (channels, height, width) where each pixel shows the place that `move` tells, in float64."""
    _, height, width = x.shape
    y = np.empty(x.shape)
    for r, q in np.ndindex(height, width):
        row, column = move(r - (height - 1) / 2, q - (width - 1) / 2)
        y[:, r, q] = at(x, row + (height - 1) / 2, column + (width - 1) / 2)
    return y


def at(x: np.ndarray, row: float, column: float) -> np.ndarray:
    """What an image shows at a place: the mean of the four pixels around it, by the areas opposite of them."""
    height, width = x.shape[1:]
    row, column = min(max(row, 0.0), height - 1.0), min(max(column, 0.0), width - 1.0)
    shown = np.zeros(len(x))
    for r in (math.floor(row), math.floor(row) + 1):
        for q in (math.floor(column), math.floor(column) + 1):
            area = (1 - abs(row - r)) * (1 - abs(column - q))
            if area > 0:
                shown += area * x[:, r, q].astype(float)
    return shown


def turned(angle: float) -> Move:
    """By an angle in radians: polar coordinates with another direction."""

    def move(row: float, column: float) -> Place:
        length, direction = math.hypot(row, column), math.atan2(row, column)
        return length * math.sin(direction - angle), length * math.cos(direction - angle)

    return move


def scaled(factor: float) -> Move:
    return lambda row, column: (row / factor, column / factor)


def slanted(tangent: float) -> Move:
    return lambda row, column: (row, column + tangent * row)


def shifted(down: float, right: float) -> Move:
    return lambda row, column: (row + down, column + right)


def mirrored(axis: str) -> Move:
    return (lambda row, column: (row, -column)) if axis == "horizontal" else (lambda row, column: (-row, column))


def one_after_the_other(*moves: Move) -> Move:
    """The first move is made first: the last image is looked up in the one before it, and so on back to the first."""

    def move(row: float, column: float) -> Place:
        for step in reversed(moves):
            row, column = step(row, column)
        return row, column

    return move
