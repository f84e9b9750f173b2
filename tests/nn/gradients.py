"""Gradient check: the slope along one random direction, two evaluations whatever the number of elements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STEP = 1e-6


def assert_gradient(
    function: Callable[[], float], point: np.ndarray, gradient: np.ndarray, *, seed: int = 0, tolerance: float = 1e-6
) -> None:
    """Compare `gradient` with how `function` changes when `point` moves.

    Args:
        function: reads `point` when it is called.
        point: float64, any shape; moved in place, and put back.
        gradient: the derivative of the function at the point, of the same shape.
        seed: of the direction.
        tolerance: largest difference of the two slopes, relative to the larger one.
    """
    direction = np.random.default_rng(seed).standard_normal(point.shape)
    promised = float(np.sum(gradient * direction))
    found = _slope(function, point, direction)
    error = abs(found - promised)
    assert error <= tolerance * max(abs(found), abs(promised)), f"the gradient says {promised}, the function {found}"


def _slope(function: Callable[[], float], point: np.ndarray, direction: np.ndarray) -> float:
    start = point.copy()
    point[...] = start + STEP * direction
    above = function()
    point[...] = start - STEP * direction
    below = function()
    point[...] = start
    return (above - below) / (2 * STEP)
