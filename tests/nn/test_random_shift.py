"""RandomShift: where the pixels go, from which random numbers, and when."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.context import Context
from nnfs_cli.nn.layers.random_shift import RandomShift


def shifted(x: np.ndarray, pixels: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The output while training, and the shifts (N, 2) behind it."""
    layer = RandomShift(pixels)
    context = Context(training=True, random=lambda layer: np.random.default_rng(seed))
    return layer.forward(x, context), layer.shifts


def test_every_pixel_is_the_nearest_to_where_it_came_from():
    x = np.random.default_rng(1).standard_normal((2, 4, 5, 30))
    y, shifts = shifted(x, pixels=2)
    for c, r, q, n in np.ndindex(*x.shape):
        row, column = min(max(r + shifts[n, 0], 0), 3), min(max(q + shifts[n, 1], 0), 4)
        assert y[c, r, q, n] == x[c, row, column, n]


def test_all_shifts_are_drawn_and_no_others():
    _, shifts = shifted(np.zeros((1, 3, 3, 2000)), pixels=1)
    counts = np.unique(shifts, axis=0, return_counts=True)[1]
    assert len(counts) == 9
    assert abs(shifts).max() == 1
    assert counts.min() > 2000 / 9 * 0.75


def test_is_off_when_not_training():
    x = np.random.default_rng(1).standard_normal((1, 4, 4, 3))
    np.testing.assert_array_equal(RandomShift(3).forward(x), x)


def test_equal_streams_give_equal_shifts():
    x = np.random.default_rng(1).standard_normal((1, 6, 6, 50))
    np.testing.assert_array_equal(shifted(x, 2, seed=3)[0], shifted(x, 2, seed=3)[0])
    assert (shifted(x, 2, seed=3)[0] != shifted(x, 2, seed=4)[0]).any()
