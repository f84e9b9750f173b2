"""Holding out: stratified, disjoint, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.config import DataSettings
from nnfs_cli.data.checks import check_split
from nnfs_cli.data.holdout import hold_out
from nnfs_cli.data.prepare import divide
from nnfs_cli.data.sources.base import counts_with_test_share, with_test_share
from nnfs_cli.data.spec import DataSpec, Examples
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


def test_weights_stay_with_their_examples():
    weight = np.arange(10) / 8
    whole = Examples(np.arange(10.0)[:, None].copy(), np.arange(10) % 2, weight.copy())
    assert whole.take(np.array([7, 2])).weight.tolist() == [7 / 8, 2 / 8]
    splits = divide({"train": whole}, DataSettings(validation=3, limit=8), seed=0)
    for split in splits.values():
        assert (split.weight * 8).tolist() == split.x[:, 0].tolist()
    assert [len(split) for split in splits.values()] == [5, 3]


def test_weights_are_part_of_the_fingerprint():
    x, y = np.zeros((3, 1)), np.arange(3)
    prints = [Examples(x, y, weight).fingerprint()["sha256"] for weight in (None, np.ones(3), np.arange(3.0))]
    assert len(set(prints)) == 3


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.array([1, 0, -1.0]), "here: example 2: expected a weight, a finite number of at least 0, got -1.0. Corr"),
        (np.array([1, np.nan, -1]), "here: example 1: expected a weight, a finite number of at least 0, got nan"),
        (np.array([np.inf, 0, 1]), "here: example 0: expected a weight, a finite number of at least 0, got inf"),
        (np.ones((3, 1)), r"here: weights have shape \(3, 1\), expected \(3,\). Give one weight for each example."),
        (np.ones(2), r"here: weights have shape \(2,\), expected \(3,\)"),
    ],
)
def test_impossible_weights_are_refused(weight, message):
    with pytest.raises(DataError, match=message):
        check_split("here", Examples(np.zeros((3, 1)), np.arange(3), weight), DataSpec((1,), ("a", "b", "c"), (3,)))
