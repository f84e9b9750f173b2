"""Clouds: predicted and true values of each target, as points or, where these are many, as counts in cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfs_cli.nn.shapes import Array

MOST_TARGETS, MOST_POINTS, MOST_COUNTED = 4, 2000, 400_000
CELLS = 110
TAIL, FAR, MARGIN = 0.001, 0.25, 0.05


def clouds_of(
    values: Array, target: Array, names: Sequence[str], figures: Sequence[dict[str, float | None]]
) -> list[dict[str, Any]]:
    """What `plots.values` draws, in the types of JSON: of more than 4 targets those that are explained worst.

    Args:
        values, target: (N, targets, ...), in the units of the targets.
        names, figures: of each target.
    """
    order = np.argsort([-np.inf if row["r2"] is None else row["r2"] for row in figures], kind="stable")
    shown = sorted(order[:MOST_TARGETS].tolist())
    return [_cloud(values[:, k].reshape(-1), target[:, k].reshape(-1), names[k], figures[k]) for k in shown]


def _cloud(values: Array, target: Array, name: str, figures: dict[str, float | None]) -> dict[str, Any]:
    every = -(-len(target) // MOST_COUNTED)
    x, y = target[::every], values[::every]
    both = _range(np.concatenate([x, y]))
    errors = _range(y - x, middle=0.0)
    outside = ~(_within(x, both) & _within(y, both) & _within(y - x, errors))
    beyond = int(np.count_nonzero(outside))
    notes = [
        f"{len(x):,} of {len(target):,} values" if every > 1 else "",
        f"{beyond:,} beyond the edges" if beyond else "",
    ]
    r2 = "R² is not defined" if figures["r2"] is None else f"R² {figures['r2']:.4g}"
    return {
        "name": name,
        "figures": f"{r2}, RMSE {figures['rmse']:.4g}",
        "note": ", ".join(filter(None, notes)),
        "predicted": _drawn(x, y, both, both),
        "errors": _drawn(y, y - x, both, errors),
    }


def _drawn(x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float]) -> dict[str, Any]:
    known = {"x": x_range, "y": y_range, "points": None, "counts": None}
    if len(x) <= MOST_POINTS:
        return known | {"points": (x.tolist(), y.tolist())}
    counts, _, _ = np.histogram2d(x, y, CELLS, (x_range, y_range))
    return known | {"counts": counts.astype(int).tolist()}


def _range(values: Array, middle: float | None = None) -> tuple[float, float]:
    """Where nearly all values lie, and all of them where no few lie far away; the same on both sides of a middle."""
    if middle is not None:
        reach = max(abs(end - middle) for end in _range(values))
        return middle - reach, middle + reach
    low, high = (float(end) for end in np.quantile(values, [TAIL, 1 - TAIL]))
    least, most = float(values.min()), float(values.max())
    span = (high - low) or abs(high) or 1.0
    return max(least, low - FAR * span) - MARGIN * span, min(most, high + FAR * span) + MARGIN * span


def _within(values: Array, ends: tuple[float, float]) -> Array:
    return (values >= ends[0]) & (values <= ends[1])
