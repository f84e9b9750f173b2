"""Holding out: stratified, disjoint, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.data.holdout import hold_out
from nnfs_cli.data.sources.base import counts_with_test_share, with_test_share
from nnfs_cli.data.spec import Examples
from nnfs_cli.errors import DataError


def held_out(y, amount, seed=0):
    return hold_out(np.asarray(y), amount, np.random.default_rng(seed), name="validation")


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6), data=st.data())
def test_any_split(sizes, data):
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    if len(y) < 2:
        return
    count = data.draw(st.integers(1, len(y) - 1))
    kept, held = held_out(y, count)
    assert sorted([*kept, *held]) == list(range(len(y)))
    assert len(held) == count
    counts = np.bincount(y[held], minlength=len(sizes))
    if count <= len(y) - len(sizes):
        assert (counts < sizes).all()
    exact = count * np.array(sizes) / len(y)
    if (np.ceil(exact) < sizes).all():
        assert (np.abs(counts - exact) < 1).all()


def test_proportions():
    _, held = held_out(np.repeat([0, 1, 2], [600, 300, 100]), 0.1)
    assert np.bincount(np.repeat([0, 1, 2], [600, 300, 100])[held]).tolist() == [60, 30, 10]


def test_seed_decides():
    y = np.arange(100) % 5
    assert np.array_equal(held_out(y, 20, seed=1)[1], held_out(y, 20, seed=1)[1])
    assert not np.array_equal(held_out(y, 20, seed=1)[1], held_out(y, 20, seed=2)[1])


def test_values_are_held_out_at_random():
    kept, held = held_out(np.zeros((10, 2)), 0.3)
    assert (len(kept), len(held)) == (7, 3)


def test_a_small_share_holds_one_out():
    assert len(held_out(np.arange(10) % 2, 0.001)[1]) == 1


@pytest.mark.parametrize(("count", "amount"), [(1437, 5000), (10, 10), (1, 0.1)])
def test_nothing_left(count, amount):
    asked = amount if isinstance(amount, int) else 1
    with pytest.raises(DataError, match=rf"validation: {asked:,} examples? asked of {count:,}\."):
        held_out(np.arange(count) % 2, amount)


@pytest.mark.parametrize("share", [0.001, 0.04, 0.25, 0.5])
def test_the_examples_of_a_test_share_are_counted_before_they_are_held_out(share):
    splits = {"train": Examples(np.zeros((10, 1)), np.arange(10) % 2)}
    counts = counts_with_test_share({"train": 10}, share)
    assert counts == {name: len(split) for name, split in with_test_share(splits, share).items()}
