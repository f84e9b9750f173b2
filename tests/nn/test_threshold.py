"""The threshold between two classes: against a search over all of them, and the rules where several are best."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.nn.evaluation.threshold import EVEN, best_threshold, ranked
from nnfs_cli.nn.losses.binary_cross_entropy import BinaryCrossEntropy
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy


def balanced_accuracy(p, target, threshold: float) -> float:
    """The mean of both recalls, one example after the other."""
    right = [[], []]
    for probability, true in zip(p, target, strict=True):
        right[true].append((probability > threshold) == bool(true))
    return sum(sum(of) / len(of) for of in right) / 2


PROBABILITIES = (0.0, 5e-324, 0.125, 0.25, 0.5, 0.75, 1 - 2**-53, 1.0)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PROBABILITIES), st.booleans()), min_size=2))
def test_none_is_better_and_none_as_good_is_nearer(rows):
    p, target = np.array([row[0] for row in rows]), np.array([int(row[1]) for row in rows])
    found = best_threshold(p, target)
    assert 0 <= found < 1
    if len(set(target)) < 2:
        assert found == EVEN
        return
    halfway = [(low, (low + high) / 2, high) for low, high in itertools.pairwise(sorted({*p}))]
    cuts = [middle if middle < high else low for low, middle, high in halfway]
    reached = {cut: balanced_accuracy(p, target, cut) for cut in (*cuts, EVEN)}
    best = max(reached.values())
    assert reached[found] == pytest.approx(best, abs=1e-12)
    assert abs(found - EVEN) == min(abs(cut - EVEN) for cut, reach in reached.items() if reach > best - 1e-12)


@pytest.mark.parametrize(
    ("p", "target", "expected"),
    [
        ([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], 0.25),
        ([0.1, 0.2, 0.9, 0.95], [0, 0, 0, 1], 0.925),
        ([0.1, 0.4, 0.6, 0.9], [0, 0, 1, 1], EVEN),
        ([0.3, 0.3, 0.3], [0, 1, 1], EVEN),
        ([0.2, 0.4, 0.6, 0.8], [0, 0, 0, 0], EVEN),
        ([0.9, 0.1], [0, 1], EVEN),
        ([0.3, np.nan, 0.4], [0, 1, 1], EVEN),
        ([0.0, 0.25, 0.375, 0.5], [0, 1, 0, 1], 0.4375),
        ([0.375, 0.625, 0.75, 0.25], [1, 0, 1, 0], 0.3125),
    ],
    ids=lambda value: str(value),
)
def test_by_hand(p, target, expected):
    assert best_threshold(np.array(p), np.array(target)) == expected


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CrossEntropy()], ids=lambda loss: loss.type_name)
def test_the_second_class_is_the_answer_above_the_threshold_alone(loss):
    margins = np.array([-2.0, -1, 0, 1, 2])
    scores = margins[None] if loss.binary else np.stack([-margins / 2, margins / 2])
    p = loss.activate(scores)[1]
    for threshold in (0.2, 0.9, *p):
        expected = (p > threshold).astype(int) if threshold != EVEN else [0, 0, 0, 1, 1]
        assert ranked(loss, scores, threshold).argmax(axis=0).tolist() == list(expected)


def test_an_even_threshold_is_the_largest_score_of_any_number_of_classes():
    scores = np.random.default_rng(0).standard_normal((5, 40))
    assert ranked(CrossEntropy(), scores, EVEN) is scores
