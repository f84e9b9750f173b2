"""Suggestions: each rule on curves made by hand, and against a slow and obvious oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnfs_cli.sessions.suggestions import longest_decrease, minimum, slide, steep, suggest, usable, valley

RATES = np.geomspace(1e-7, 10, 100)


def curve(bottom: float = 0.1) -> np.ndarray:
    """Flat, then a fall that is steepest in its middle, a minimum at `bottom`, and a run away."""
    position = np.log10(RATES / bottom)
    return 2.5 - 2 / (1 + np.exp(-3 * (position + 1.5))) + np.exp(3 * (position - 0.2))


def wiggly(seed: int, count: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 8, count).astype(float)


def longest_by_trying_all(values: np.ndarray) -> int:
    """The length of a longest strictly decreasing subsequence."""
    return max(
        size
        for size in range(1, len(values) + 1)
        for places in itertools.combinations(range(len(values)), size)
        if all(values[a] > values[b] for a, b in itertools.pairwise(places))
    )


def test_the_first_tenth_and_the_last_five_are_left_out():
    assert usable(100) == slice(10, 95)
    assert usable(20) == slice(2, 15)
    assert len(range(4)[usable(4)]) == 0


def test_a_good_curve_gives_four_rates_in_order():
    suggestions = suggest(RATES, curve())
    assert list(suggestions) == ["valley", "steep", "minimum", "slide"]
    assert all(1e-4 < rate < 0.3 for rate in suggestions.values())
    assert suggestions["minimum"] == pytest.approx(RATES[curve()[10:95].argmin() + 10] / 10)
    assert suggestions["steep"] == pytest.approx(0.1 * 10**-1.5, rel=0.2)


def test_suggestions_move_with_the_curve():
    lower, higher = suggest(RATES, curve(0.01)), suggest(RATES, curve(0.1))
    for method in ("steep", "minimum"):
        assert higher[method] / lower[method] == pytest.approx(10, rel=0.25), method
    assert lower["valley"] < higher["valley"]


@pytest.mark.parametrize("seed", range(20))
def test_longest_decrease_against_all_subsequences(seed):
    values = wiggly(seed)
    places = longest_decrease(values)
    assert places == sorted(places)
    assert all(values[a] > values[b] for a, b in itertools.pairwise(places))
    assert len(places) == longest_by_trying_all(values)


@pytest.mark.parametrize(("fall", "place"), [(2, 0), (3, 1), (6, 3), (12, 6), (13, 6), (60, 30)])
def test_valley_is_half_way_down(fall, place):
    """One third plus one sixth of the length, each rounded down as fastai does."""
    rates = np.geomspace(1e-5, 1, fall)
    assert valley(rates, np.arange(fall, 0, -1.0)) == rates[place]


def test_valley_steps_over_bumps():
    losses = np.array([9, 8, 20, 7, 6, 20, 5, 4.0])
    rates = np.geomspace(1e-5, 1, 8)
    assert valley(rates, losses) == rates[[0, 1, 3, 4, 6, 7][6 // 3 + 6 // 6]]


def test_steep_is_taken_against_the_logarithm_of_the_rate():
    """Against the rate itself the fall of 0.1 at the smallest rate would win over that of 1 at a thousand times it."""
    rates, losses = np.geomspace(1e-6, 1, 7), np.array([3, 2.9, 2.9, 2.9, 1.9, 1.8, 5.0])
    assert steep(rates, losses) == rates[3]


@pytest.mark.parametrize("seed", range(20))
def test_steep_against_a_loop(seed):
    losses, rates = np.random.default_rng(seed).standard_normal(12), np.geomspace(1e-5, 1, 12)
    falls = [losses[i] - losses[i + 1] for i in range(11)]
    assert steep(rates, losses) == rates[falls.index(max(falls))]


def test_minimum_is_a_tenth_of_the_lowest():
    rates = np.geomspace(1e-5, 1, 6)
    assert minimum(rates, np.array([3, 2, 1, 4, 5, 6.0])) == rates[2] / 10


def slide_by_a_loop(rates: np.ndarray, losses: np.ndarray) -> float | None:
    """fastai's loop: a window of 15 points moves from the right end to the left while its ends have other slopes."""
    slopes, right, left, found = np.gradient(losses), -1, -16, None
    while left >= -len(losses) and abs(slopes[right] - slopes[left]) > 0.005:
        found = float(rates[left])
        right, left = right - 1, left - 1
    return found


@pytest.mark.parametrize("seed", range(20))
def test_slide_against_a_loop(seed):
    losses = np.cumsum(np.random.default_rng(seed).standard_normal(40) * 0.02)
    rates = np.geomspace(1e-5, 1, 40)
    assert slide(rates, losses) == slide_by_a_loop(rates, losses)


def test_slide_finds_the_end_of_the_flat_part():
    rates, losses = np.geomspace(1e-7, 1, 60), np.concatenate([np.full(30, 2.0), 2 + 0.1 * np.arange(30) ** 2])
    assert slide(rates, losses) == slide_by_a_loop(rates, losses)
    assert rates[13] < slide(rates, losses) < rates[31]


@pytest.mark.parametrize("losses", [np.full(100, 2.3), np.linspace(1, 50, 100)], ids=["flat", "rising"])
def test_nothing_falls(losses):
    suggestions = suggest(RATES, losses)
    assert [suggestions[method] for method in ("valley", "steep", "minimum")] == [None, None, None]
    assert suggestions["slide"] is None


@pytest.mark.parametrize("count", range(7))
def test_few_points_give_nothing_and_no_error(count):
    assert set(suggest(RATES[:count], curve()[:count]).values()) <= {None}


@pytest.mark.parametrize("count", range(8, 30))
def test_some_points_give_rates_that_were_tried_or_nothing(count):
    rates, losses = RATES[:count], np.linspace(3, 1, count)
    for method, rate in suggest(rates, losses).items():
        assert rate is None or rate in rates or method == "minimum"
