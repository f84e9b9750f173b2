"""What must hold for every kind of augmentation."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from nnfs_cli.registry import AUGMENTATIONS, describe_object
from nnfs_cli.saved.description import make
from tests.data.augment.augment_cases import CASES
from tests.peak import peak_of

FEW = 1 << 15
"""Bytes of the small things on the way."""

EACH = pytest.mark.parametrize("case", CASES, ids=str)


def examples(shape: tuple[int, ...], count: int, dtype: str = "uint8") -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (count, *shape)).astype(dtype)


def test_every_kind_has_a_case():
    assert {case.config["type"] for case in CASES} == set(AUGMENTATIONS)


@EACH
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("count", [0, 1, 9])
def test_shape_and_type_stay_and_so_do_the_examples(case, dtype, count):
    step, x = make(AUGMENTATIONS, case.config), examples(case.shape, count, dtype)
    before, drawn = x.copy(), step.draw(count, np.random.default_rng(0))
    y = step.apply(x, drawn)
    assert (y.shape, y.dtype, len(drawn)) == (x.shape, x.dtype, count)
    np.testing.assert_array_equal(x, before)
    assert not np.shares_memory(x, y)


@EACH
def test_an_example_depends_on_its_row_alone(case):
    """Whatever stands beside it in a batch, and whoever works on it."""
    step, x = make(AUGMENTATIONS, case.config), examples(case.shape, 20)
    drawn = step.draw(20, np.random.default_rng(0))
    whole = step.apply(x, drawn)
    assert (whole != x).any()
    order = np.random.default_rng(1).permutation(20)
    np.testing.assert_array_equal(step.apply(x[order], drawn[order]), whole[order])
    one_by_one = [step.apply(x[k : k + 1], drawn[k : k + 1])[0] for k in range(20)]
    np.testing.assert_array_equal(one_by_one, whole)


@EACH
def test_what_it_holds_is_what_it_announces(case):
    step = make(AUGMENTATIONS, case.config)
    assert step.draw(7, np.random.default_rng(0)).nbytes == 7 * step.row_bytes
    for dtype, count in (("uint8", 2000), ("float32", 2000), ("float64", 40)):
        count = max(1, count * 24 // math.prod(case.shape[-2:]))
        x, drawn = examples(case.shape, count, dtype), step.draw(count, np.random.default_rng(0))
        announced = step.nbytes(case.shape, x.itemsize, count)
        taken = peak_of(functools.partial(step.apply, x, drawn))
        assert 0.85 * taken - FEW < announced < 1.3 * taken + FEW


@EACH
def test_its_description_makes_it_again(case):
    step = make(AUGMENTATIONS, case.config)
    assert describe_object(make(AUGMENTATIONS, describe_object(step))) == describe_object(step)
