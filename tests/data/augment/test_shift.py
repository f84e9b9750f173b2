"""Shift: where the pixels go, and from which random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.errors import ShapeError


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_every_pixel_is_the_nearest_to_where_it_came_from(dtype):
    x = np.random.default_rng(1).integers(0, 256, (30, 2, 4, 5)).astype(dtype)
    shift = Shift(2)
    drawn = shift.draw(30, np.random.default_rng(0))
    y = shift.apply(x, drawn)
    for n, c, r, q in np.ndindex(*x.shape):
        row, column = min(max(r + drawn[n, 0], 0), 3), min(max(q + drawn[n, 1], 0), 4)
        assert y[n, c, r, q] == x[n, c, row, column]


def test_all_shifts_are_drawn_and_no_others():
    drawn = Shift(1).draw(2000, np.random.default_rng(0))
    shifts, counts = np.unique(drawn, axis=0, return_counts=True)
    assert shifts.tolist() == [[v, h] for v in (-1, 0, 1) for h in (-1, 0, 1)]
    assert counts.min() > 2000 / 9 * 0.75


@pytest.mark.parametrize(
    ("shape", "answer", "sentence"),
    [
        ((30,), (2,), r"moves images \(channels, height, width\), got vectors of 30 features\. Remove it\."),
        ((1, 9, 3), (2,), r"shifts by up to 3 pixels, but images are 9 x 3: pixels can be at most 2\."),
        ((1, 1, 9), (2,), r"shifts by up to 3 pixels, but images are 1 x 9: nothing can be moved\. Remove it\."),
        ((1, 9, 9), (1, 9, 9), r"moves the examples, but not the images that are their answers\. Remove it\."),
    ],
)
def test_refuses(shape, answer, sentence):
    with pytest.raises(ShapeError, match=sentence):
        Shift(3).refuse(shape, answer)


def test_takes_what_is_larger_than_the_shift():
    Shift(2).refuse((1, 9, 3), (2,))
