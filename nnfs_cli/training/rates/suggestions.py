"""Suggestions: learning rates read off a range test.

L. Smith, arXiv:1506.01186, section 3.3; the four rules are fastai's. The rates are exponentially spaced, so slopes from
point to point are slopes against the logarithm of the rate; against the rate itself they would all point far too low.

A rule answers only from the fall of the loss: after half of it, and before the minimum of the curve. What a rule reads
off the noise of the first steps trains nothing. Where the loss falls by no more than its noise, no rule answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nnfs_cli.nn.shapes import Array

SLIDE_POINTS, SLIDE_SLOPE = 15, 0.005
SKIP_LAST = 5
NOISE_WIDTH, LEAST_FALL, FALLEN = 4.0, 0.02, 0.5
LEAST_MEAN = 5
TRUSTED = "minimum"
"""The rule that trained best over twelve networks, see docs/commands.md."""
WHY = {
    "valley": "lies in the first half of the fall, which is safe and slow",
    "steep": "is where the loss falls fastest, which chance moves",
    "minimum": "is a tenth of the rate with the smallest loss",
    "slide": "is where the slope last changes, which the end of the curve moves",
}


def usable(count: int) -> slice:
    """The points that suggestions look at: the first tenth and the last five are left out."""
    return slice(count // 10, max(count - SKIP_LAST, 0))


class Fall(NamedTuple):
    """Where rates train: from the last point before the loss has fallen by half, to the lowest of the smoothed loss."""

    start: int
    low: int


def suggest(rates: Array, losses: Array, smoothed: Array) -> dict[str, float | None]:
    """The four suggestions; None where a rule finds nothing, or nothing in the fall of the loss.

    `minimum` counts from the end of the fall, so it need not lie in it where the fall is shorter than a decade.

    Args:
        rates: (points,), rising.
        losses: (points,), of each step.
        smoothed: (points,), their running average.
    """
    found = fall_of(losses, smoothed)
    if found is None:
        return dict.fromkeys(METHODS)
    part = usable(len(rates))
    suggestions = {name: method(rates[part], smoothed[part]) for name, method in METHODS.items()}
    suggestions["steep"] = steep(rates[found.start : found.low + 1], smoothed[found.start : found.low + 1])
    first, last = rates[found.start], rates[found.low]
    inside = {name: rate if rate is not None and first <= rate <= last else None for name, rate in suggestions.items()}
    return {**inside, "minimum": suggestions["minimum"]}


def doubt(suggestions: Mapping[str, float | None]) -> str | None:
    """Which suggestion to trust, and why the others differ, where they span more than a factor of 10."""
    found = {name: rate for name, rate in suggestions.items() if rate is not None}
    if not found or max(found.values()) <= 10 * min(found.values()):
        return None
    trusted = TRUSTED if TRUSTED in found else "steep" if "steep" in found else next(iter(found))
    others = "; ".join(f"{name} {WHY[name]}" for name in found if name != trusted)
    span = max(found.values()) / min(found.values())
    return f"the suggestions span a factor of {span:.0f}. Trust {trusted}, which trains best; {others}."


def fall_of(losses: Array, smoothed: Array) -> Fall | None:
    """The fall of the loss, if there is one that batches of other examples do not explain.

    Means of a tenth of the steps are compared with the first one. How much the loss of a step varies by chance is read
    off the differences of neighbours, which a slow fall hardly changes: their median absolute deviation.
    """
    part, tenth = usable(len(losses)), max(len(losses) // 10, LEAST_MEAN)
    if len(smoothed[part]) < 2:
        return None
    low = part.start + int(smoothed[part].argmin())
    means = np.convolve(losses, np.full(tenth, 1 / tenth), "valid")[: low + 1]
    noise = np.median(np.abs(np.diff(losses[: low + 1]))) * 1.4826 / np.sqrt(2)
    lowest = int(means.argmin())
    chance = max(NOISE_WIDTH * noise * np.sqrt(2 / tenth), LEAST_FALL * abs(means[0]))
    depth = means[0] - means[lowest]
    if depth <= chance:
        return None
    still = means[:lowest] >= means[0] - max(chance, FALLEN * depth)
    start = int(np.flatnonzero(still)[-1])
    return Fall(start, low) if start < low else None


def valley(rates: Array, losses: Array) -> float | None:
    """One third plus one sixth of the length of the longest decreasing subsequence of losses, from its start.

    As fastai does, the points are counted back from the last one of the subsequence, whatever lies between.
    """
    fall = longest_decrease(losses)
    position = fall[-1] - len(fall) + len(fall) // 3 + len(fall) // 6
    return float(rates[position]) if position >= 0 and len(fall) > 1 else None


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
    position, positions = int(np.argmax(lengths)), []
    while position >= 0:
        positions.append(position)
        position = before[position]
    return positions[::-1]


METHODS = {"valley": valley, "steep": steep, "minimum": minimum, "slide": slide}
