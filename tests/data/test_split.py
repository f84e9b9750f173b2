"""Holding out: stratified, disjoint, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.config import DataSettings
from nnfs_cli.data.checks import check_split
from nnfs_cli.data.sources.base import counts_with_test_share
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.data.splits.division import divide
from nnfs_cli.data.splits.holdout import fold_out, hold_out, hold_out_groups
from nnfs_cli.errors import ConfigError, DataError


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
    divided = divide(splits, share, DataSettings(validation=0), seed=0)
    assert counts == {name: len(split) for name, split in divided.items()}


def test_weights_stay_with_their_examples():
    weight = np.arange(10) / 8
    whole = Examples(np.arange(10.0)[:, None].copy(), np.arange(10) % 2, weight.copy())
    assert whole.take(np.array([7, 2])).weight.tolist() == [7 / 8, 2 / 8]
    splits = divide({"train": whole}, None, DataSettings(validation=3, limit=8), seed=0)
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


def numbered(count: int, group: np.ndarray | None = None) -> Examples:
    """Examples that know their place, of three classes."""
    return Examples(
        np.arange(float(count))[:, None], np.arange(count) % 3, group=None if group is None else group.copy()
    )


def places(split: Examples) -> list[int]:
    return split.x[:, 0].astype(int).tolist()


def test_the_last_examples_are_held_out_of_a_time_series():
    splits = divide({"train": numbered(100)}, 0.2, DataSettings(validation=0.25, split="ordered"), seed=3)
    assert [*splits] == ["train", "validation", "test"]
    assert [places(split) for split in splits.values()] == [
        [*range(60)],
        [*range(60, 80)],
        [*range(80, 100)],
    ]


@settings(max_examples=50, deadline=None)
@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=30), share=st.floats(0.01, 0.9), seed=st.integers(0, 99))
def test_groups_stay_together(sizes, share, seed):
    group = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    count = max(1, round(share * len(group)))
    if count >= len(group):
        return
    kept, held = hold_out_groups(group, share, np.random.default_rng(seed), name="test")
    assert sorted([*kept, *held]) == list(range(len(group)))
    assert not set(group[kept]) & set(group[held])
    assert len(kept)
    assert len(held)
    assert abs(len(held) - count) <= max(sizes)


def test_groups_are_held_out_wherever_there_are_some():
    group = np.arange(60) // 4
    for seed in range(3):
        splits = divide({"train": numbered(60, group)}, 0.2, DataSettings(validation=0.2), seed=seed)
        found = [set(split.group) for split in splits.values()]
        assert set.union(*found) == set(range(15))
        assert sum(map(len, found)) == 15


def test_one_group_cannot_be_divided():
    with pytest.raises(DataError, match=r"test: all 9 examples are of one group\. Group by a column that differs\."):
        divide({"train": numbered(9, np.zeros(9, int))}, 0.3, DataSettings(), seed=0)


def test_a_split_by_group_needs_groups():
    with pytest.raises(ConfigError, match=r"dataset\.split: group needs dataset\.group"):
        divide({"train": numbered(9)}, None, DataSettings(split="group"), seed=0)


@pytest.mark.parametrize("group", [None, np.arange(61) // 4])
@pytest.mark.parametrize("folds", [2, 5])
def test_every_example_is_in_one_fold(group, folds):
    held = [
        divide({"train": numbered(61, group)}, 0.5, DataSettings(fold=fold + 1, folds=folds), seed=fold)["test"]
        for fold in range(folds)
    ]
    assert sorted(place for split in held for place in places(split)) == list(range(61))
    assert max(map(len, held)) - min(map(len, held)) <= (1 if group is None else 4)
    if group is None:
        counts = np.array([np.bincount(split.y, minlength=3) for split in held])
        assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()
    else:
        assert sum(len(set(split.group)) for split in held) == 16


def test_more_folds_than_examples():
    with pytest.raises(DataError, match=r"folds: 3 examples cannot be divided into 5 folds\. Set fewer folds\."):
        fold_out(np.arange(3), None, 1, 5, np.random.default_rng(0))
    with pytest.raises(DataError, match=r"folds: 2 groups cannot be divided into 3 folds\. Set fewer folds\."):
        fold_out(np.arange(9), np.arange(9) % 2, 1, 3, np.random.default_rng(0))


def test_folds_of_a_time_series_are_refused():
    with pytest.raises(ConfigError, match="most would be measured with what came after them"):
        divide({"train": numbered(9)}, None, DataSettings(split="ordered", fold=1, folds=3), seed=0)
