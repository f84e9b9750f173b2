"""Suggestions: learning rates read off a range test.

L. Smith, arXiv:1506.01186, section 3.3; the four rules are fastai's. The rates are exponentially spaced, so slopes from
point to point are slopes against the logarithm of the rate; against the rate itself they would all point far too low.
"""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.shapes import Array

SLIDE_POINTS, SLIDE_SLOPE = 15, 0.005
SKIP_LAST = 5


def usable(count: int) -> slice:
    """The points that suggestions look at: the first tenth and the last five are left out."""
    return slice(count // 10, max(count - SKIP_LAST, 0))


def suggest(rates: Array, losses: Array) -> dict[str, float | None]:
    """The four suggestions from the smoothed losses of all points; None where a rule finds nothing.

    Args:
        rates: (points,), rising.
        losses: (points,), smoothed.
    """
    part = usable(len(rates))
    rates, losses = rates[part], losses[part]
    if len(losses) < 2:
        return dict.fromkeys(METHODS)
    return {name: method(rates, losses) for name, method in METHODS.items()}


def valley(rates: Array, losses: Array) -> float | None:
    """In the longest decreasing subsequence of losses, the point at one third plus one sixth of its length."""
    fall = longest_decrease(losses)
    return float(rates[fall[len(fall) // 3 + len(fall) // 6]]) if len(fall) > 1 else None


def steep(rates: Array, losses: Array) -> float | None:
    """Where the loss falls fastest."""
    slopes = np.diff(losses) / np.diff(np.log(rates))
    return float(rates[slopes.argmin()]) if slopes.min() < 0 else None


def minimum(rates: Array, losses: Array) -> float | None:
    """A tenth of the rate with the smallest loss."""
    lowest = int(losses.argmin())
    return float(rates[lowest] / 10) if lowest > 0 else None


def slide(rates: Array, losses: Array) -> float | None:
    """From the end leftward, while the slopes of two points 15 apart differ: the last left one of them."""
    slopes, found = np.gradient(losses), None
    for left in range(len(rates) - 1 - SLIDE_POINTS, -1, -1):
        if abs(slopes[left + SLIDE_POINTS] - slopes[left]) <= SLIDE_SLOPE:
            break
        found = float(rates[left])
    return found


def longest_decrease(values: Array) -> list[int]:
    """The places of a longest strictly decreasing subsequence, by dynamic programming."""
    lengths, before = [1] * len(values), [-1] * len(values)
    for i in range(len(values)):
        for j in range(i):
            if values[j] > values[i] and lengths[j] + 1 > lengths[i]:
                lengths[i], before[i] = lengths[j] + 1, j
    place, places = int(np.argmax(lengths)), []
    while place >= 0:
        places.append(place)
        place = before[place]
    return places[::-1]


METHODS = {"valley": valley, "steep": steep, "minimum": minimum, "slide": slide}
