"""Leaks: twins between splits and columns that give the answer away, counted the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.columns.category import Category
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.inspection.leaks import suspects, twins
from nnfs_cli.data.spec import Examples

RNG = np.random.default_rng(3)


def counted(train: np.ndarray, other: np.ndarray) -> int:
    known = {row.tobytes() for row in train}
    return sum(row.tobytes() in known for row in other)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (3, 40, 50)])
def test_twins_are_those_of_the_same_bytes(dtype, shape):
    """Over more than one block: 400 images of 6,000 numbers are 2.4 million."""
    x = (255 * RNG.random((600, *shape))).astype(dtype)
    train, other = x[:400], x[350:]
    assert twins(train, other) == counted(train, other) == 50


def test_twins_of_other_types_are_those_of_the_same_numbers():
    x = RNG.random((100, 4)).astype(np.float32)
    assert twins(x[:80], x[40:].astype(np.float64)) == 40


def test_one_number_makes_a_difference():
    x = RNG.random((50, 7))
    other = x.copy()
    other[:, 3] = np.nextafter(other[:, 3], 1)
    assert twins(x, other) == 0


def test_twins_that_chance_explains_are_none():
    """Rows of few numbers are often the same, within the training split as well as between two splits."""
    x = RNG.integers(0, 4, (2000, 3)).astype(np.float32)
    assert counted(x[:1500], x[1500:]) == 500
    assert twins(x[:1500], x[1500:]) == 0
    rare = np.concatenate([x[:1000], RNG.random((500, 3)).astype(np.float32)])
    assert twins(rare, rare[1000:1100]) == 100


def test_a_few_twins_are_none():
    x = RNG.random((1000, 3))
    assert twins(x[:500], np.concatenate([x[500:], x[:5]])) == 0
    assert twins(x[:500], np.concatenate([x[500:], x[:6]])) == 6


NUMBER, WORDS = Number("price", indicator=True), Category("shop", ("a", "b", "c"))


def table(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of NUMBER and of WORDS, and the words."""
    words = RNG.integers(0, 3, count)
    return np.column_stack([RNG.normal(size=count), np.zeros(count), np.eye(3)[words]]), words


@pytest.mark.parametrize("count", [70, 1000])
def test_a_column_that_tells_the_class(count):
    x, words = table(count)
    assert [*suspects(Examples(x, RNG.integers(0, 2, count)), (NUMBER, WORDS))] == []
    (said,) = suspects(Examples(x, (words == 1).astype(int)), (NUMBER, WORDS))
    assert said == (
        "column 'shop' alone tells the class of 100 % of the training examples. Leave it out with dataset.drop: [shop] "
        "if it is known only after the answer"
    )


def test_a_number_tells_the_class_by_its_size():
    x, _ = table(6400)
    y = (x[:, 0] > np.median(x[:, 0])).astype(int)
    assert next(suspects(Examples(x, y), (NUMBER, WORDS))).startswith("column 'price' alone tells the class of 100 %")
    noisy = np.where(RNG.random(6400) < 0.02, 1 - y, y)
    assert [*suspects(Examples(x, noisy), (NUMBER, WORDS))] == []


def test_a_column_that_explains_a_value():
    x, _ = table(6400)
    values = np.column_stack([3 * np.sort(x[:, 0])])
    x[:, 0] = np.sort(x[:, 0])
    (said,) = suspects(Examples(x, values), (NUMBER, WORDS))
    share = 1 - sum(part.var() for part in np.split(values[:, 0], 64)) / 64 / values.var()
    assert said.startswith(f"column 'price' alone explains {100 * share:.3g} % of the variance of the target. Leave it")
    assert [*suspects(Examples(x, values + RNG.normal(size=(6400, 1))), (NUMBER, WORDS))] == []


def test_what_is_told_anyway_is_not_told_by_a_column():
    """Of 1,000 examples 995 are of one class: a column that says nothing is right in 99.5 % of them."""
    x, _ = table(1000)
    assert [*suspects(Examples(x, (np.arange(1000) < 5).astype(int)), (NUMBER, WORDS))] == []


def test_groups_of_few_rows_tell_nothing():
    x, words = table(25)
    assert [*suspects(Examples(x, (words == 1).astype(int)), (NUMBER, WORDS))] == []


def test_values_that_never_vary_are_explained_by_nothing():
    x, _ = table(500)
    assert [*suspects(Examples(x, np.ones((500, 1))), (NUMBER, WORDS))] == []
