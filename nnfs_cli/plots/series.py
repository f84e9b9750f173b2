"""Series: numbers over steps, cleaned, smoothed, and thinned to what a picture can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnfs_cli.nn.shapes import Array

POINTS = 4000
SMOOTHED_SHARE = 1 / 50


def series(rows: Sequence[Mapping[str, float | None]], name: str, against: str = "step") -> tuple[Array, Array]:
    """Two columns of a table as arrays (rows,), less the rows where `name` is empty or not finite."""
    x = np.array([row[against] for row in rows], dtype=np.float64)
    y = np.array([row[name] for row in rows], dtype=np.float64)
    kept = np.isfinite(y)
    return x[kept], y[kept]


def smooth(y: Array) -> Array:
    """The mean of each value and its neighbours, a fiftieth of all on either side.

    Near the start both sides shrink alike, so that the first fall of a loss is not blurred.
    """
    at = np.arange(len(y))
    reach = np.minimum(at, int(len(y) * SMOOTHED_SHARE))
    first, last = at - reach, np.minimum(at + reach + 1, len(y))
    sums = np.concatenate([[0.0], np.cumsum(y)])
    return (sums[last] - sums[first]) / (last - first)


def thin(x: Array, y: Array) -> tuple[Array, Array]:
    """At most about `POINTS` points: the first, the last, and the lowest and highest of equal stretches."""
    if len(y) <= POINTS:
        return x, y
    kept = {0, len(y) - 1}
    for stretch in np.array_split(np.arange(len(y)), POINTS // 2):
        kept |= {stretch[y[stretch].argmin()], stretch[y[stretch].argmax()]}
    indices = sorted(kept)
    return x[indices], y[indices]
