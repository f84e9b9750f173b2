"""Suggestions: each rule on curves made by hand, and against a slow and obvious oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnfs_cli.training.rates.suggestions import (
    doubt,
    fall_of,
    longest_decrease,
    minimum,
    slide,
    steep,
    suggest,
    usable,
    valley,
)

RATES = np.geomspace(1e-7, 10, 100)


def curve(bottom: float = 0.1) -> np.ndarray:
    """Flat, then a fall that is steepest in its middle, a minimum at `bottom`, and a run away."""
    position = np.log10(RATES / bottom)
    return 2.5 - 2 / (1 + np.exp(-3 * (position + 1.5))) + np.exp(3 * (position - 0.2))


def smooth(losses: np.ndarray) -> np.ndarray:
    """The exponential average of 0.98, corrected for its start."""
    average, averages = 0.0, []
    for number, loss in enumerate(losses, 1):
        average = 0.98 * average + 0.02 * loss
        averages.append(average / (1 - 0.98**number))
    return np.array(averages)


def noisy(losses: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    return losses + deviation * np.random.default_rng(seed).standard_normal(len(losses))


def plunge(depth: float = 2.0, rate: float = 1e-2) -> np.ndarray:
    """Flat at 2.5 until a decade before `rate`, then down by `depth`; it runs away after another decade."""
    position = np.log10(RATES / rate)
    return 2.5 - depth * np.clip(position + 1, 0, 1) + 30 * np.clip(position - 1, 0, None)


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


def test_a_good_curve_gives_rates_in_its_fall():
    suggestions, losses = suggest(RATES, curve(), curve()), curve()
    assert list(suggestions) == ["valley", "steep", "minimum", "slide"]
    assert all(1e-4 < rate < 0.3 for rate in suggestions.values() if rate is not None)
    assert suggestions["minimum"] == pytest.approx(RATES[losses[10:95].argmin() + 10] / 10)
    assert suggestions["steep"] == pytest.approx(0.1 * 10**-1.5, rel=0.5)


def test_suggestions_move_with_the_curve():
    lower, higher = suggest(RATES, curve(0.01), curve(0.01)), suggest(RATES, curve(0.1), curve(0.1))
    for method in ("steep", "minimum"):
        assert higher[method] / lower[method] == pytest.approx(10, rel=0.25), method


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("deviation", [0.0, 0.01, 0.1, 0.3])
def test_every_suggestion_lies_in_the_fall_whatever_the_noise(seed, deviation):
    """The fall is from 1e-3 to 1e-2; after 3e-3 it is more than half done, and at 1e-1 the loss begins to run away."""
    losses = noisy(plunge(), deviation, seed)
    suggestions = suggest(RATES, losses, smooth(losses))
    assert suggestions["steep"] is not None
    assert all(1e-3 < rate < 0.3 for rate in suggestions.values() if rate is not None)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("deviation", [0.01, 0.1, 1.0])
def test_noise_alone_is_no_fall(seed, deviation):
    losses = noisy(np.full(100, 2.5), deviation, seed)
    assert fall_of(losses, smooth(losses)) is None
    assert set(suggest(RATES, losses, smooth(losses)).values()) == {None}


@pytest.mark.parametrize(("depth", "deviation", "found"), [(0.04, 0, 0), (0.06, 0, 1), (0.5, 0.05, 1), (0.5, 0.4, 0)])
def test_a_fall_is_larger_than_its_noise_and_than_a_fiftieth(depth, deviation, found):
    losses = noisy(plunge(depth), deviation)
    assert (fall_of(losses, smooth(losses)) is not None) == bool(found)


def test_a_fall_begins_half_way_down_and_ends_at_the_lowest_average():
    losses = np.concatenate([np.full(40, 2.0), np.linspace(2, 1, 21)[1:], np.full(20, 1.0), np.full(20, 9.0)])
    averages = smooth(losses)
    found = fall_of(losses, averages)
    means = [losses[start : start + 10].mean() for start in range(100)]
    assert means[found.start] >= 1.5 > means[found.start + 1]
    assert found.low == averages[:95].argmin()


def test_a_rate_outside_of_the_fall_is_none():
    """A long slow decrease before it: half of its length is no place to train."""
    losses = 2.5 - 0.02 * np.arange(100) / 100 - 2 * np.clip(np.log10(RATES / 1e-1), 0, 1)
    suggestions = suggest(RATES, losses, losses)
    assert valley(RATES[10:95], losses[10:95]) < 1e-2
    assert suggestions["valley"] is None
    assert suggestions["steep"] > 1e-1


def test_doubt_says_whom_to_trust_where_suggestions_span_more_than_a_decade():
    assert doubt({"valley": 0.01, "steep": None, "minimum": 0.1, "slide": 0.05}) is None
    assert doubt({"valley": None, "steep": None}) is None
    words = doubt({"valley": 0.001, "steep": 0.02, "minimum": 0.05, "slide": None})
    assert words == (
        "the suggestions span a factor of 50. Trust minimum, which trains best; valley lies in the first half of the "
        "fall, which is safe and slow; steep is where the loss falls fastest, which chance moves."
    )
    assert "Trust steep," in doubt({"valley": 0.001, "steep": 0.02, "minimum": None})
    assert "Trust valley," in doubt({"valley": 0.001, "steep": None, "slide": 0.02})


@pytest.mark.parametrize("seed", range(20))
def test_longest_decrease_against_all_subsequences(seed):
    values = wiggly(seed)
    places = longest_decrease(values)
    assert places == sorted(places)
    assert all(values[a] > values[b] for a, b in itertools.pairwise(places))
    assert len(places) == longest_by_trying_all(values)


def fastais_valley(rates: np.ndarray, losses: np.ndarray) -> float:
    """`valley` of fastai 2.8, callback/schedule.py."""
    count, start, end, lengths = len(losses), 0, 0, [1] * len(losses)
    for i in range(1, count):
        for j in range(i):
            if losses[i] < losses[j] and lengths[i] < lengths[j] + 1:
                lengths[i] = lengths[j] + 1
            if lengths[end] < lengths[i]:
                end, start = i, i - lengths[i]
    sections = (end - start) / 3
    return rates[start + int(sections) + int(sections / 2)]


@pytest.mark.parametrize("seed", range(20))
def test_valley_is_fastais(seed):
    rng = np.random.default_rng(seed)
    losses = np.cumsum(rng.standard_normal(60) - 0.3 * np.sin(np.arange(60) / 9))
    rates = np.geomspace(1e-5, 1, 60)
    assert valley(rates, losses) == fastais_valley(rates, losses)


@pytest.mark.parametrize(("fall", "place"), [(3, 0), (6, 2), (12, 5), (13, 5), (60, 29)])
def test_valley_is_half_way_down(fall, place):
    """One third plus one sixth of the length, each rounded down, from the point before the fall, as in fastai."""
    rates = np.geomspace(1e-5, 1, fall)
    assert valley(rates, np.arange(fall, 0, -1.0)) == rates[place] == fastais_valley(rates, np.arange(fall, 0, -1.0))


def test_valley_of_a_fall_of_one_step_is_nothing():
    """fastai counts from the end here."""
    assert valley(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0])) is None


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
    suggestions = suggest(RATES, losses, losses)
    assert [suggestions[method] for method in ("valley", "steep", "minimum")] == [None, None, None]
    assert suggestions["slide"] is None


@pytest.mark.parametrize("count", range(7))
def test_few_points_give_nothing_and_no_error(count):
    assert set(suggest(RATES[:count], curve()[:count], curve()[:count]).values()) <= {None}


@pytest.mark.parametrize("count", range(8, 30))
def test_some_points_give_rates_that_were_tried_or_nothing(count):
    rates, losses = RATES[:count], np.linspace(3, 1, count)
    for method, rate in suggest(rates, losses, losses).items():
        assert rate is None or rate in rates or method == "minimum"
