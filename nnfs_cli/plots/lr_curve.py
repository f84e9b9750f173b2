"""LR curve: the loss against the learning rate of a range test, and the rates that it suggests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import offset_copy

from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style

HEIGHT = 560
LOOKS = (("o", style.VERMILLION), ("s", style.GREEN), ("^", style.ORANGE), ("D", style.PURPLE))
NEAR = 0.01
"""Of the range of rates on a logarithmic scale: where one marker would hide half of another."""

LIFT = 13
"""From a marker to one above it, in points."""


@style.applied()
def lr_curve(
    rates: Array,
    losses: Array,
    smoothed: Array,
    suggestions: Mapping[str, float | None],
    chosen: str,
    title: str,
) -> bytes:
    """Draw a range test.

    Args:
        rates: the learning rate of each step, growing (steps,).
        losses, smoothed: the loss of each step, and its running average (steps,).
        suggestions: a rate by the name of the method; None where it found nothing.
        chosen: the method whose rate is taken.
        title: what stands above.

    Returns:
        A PNG file.
    """
    figure = style.blank(title, HEIGHT)
    axes = figure.subplots()
    axes.plot(rates, losses, color=style.SKY, alpha=0.55, linewidth=1, label="loss of each step")
    axes.plot(rates, smoothed, color=style.BLUE, linewidth=2.2, label="loss, smoothed")
    stands_on = _piled(suggestions, chosen, NEAR * np.ptp(np.log(rates)) if len(rates) else 0.0)
    for (method, rate), (shape, color) in zip(suggestions.items(), itertools.cycle(LOOKS)):
        if rate is None:
            axes.plot([], [], " ", label=f"{method}: nothing found")
        else:
            lowest, lift = stands_on[method]
            height = np.interp(np.log(lowest), np.log(rates), smoothed)
            look = {"marker": shape, "color": color, "linestyle": "none"} | _lifted(axes, lift)
            _mark(axes, method, rate, height, look, chosen=method == chosen)
    _label_axes(axes)
    _limit_losses(axes, losses, smoothed)
    figure.legend(loc="outside lower center", ncols=3)
    return style.png(figure)


def _piled(suggestions: Mapping[str, float | None], chosen: str, near: float) -> dict[str, tuple[float, int]]:
    """Markers that would hide each other stand on each other, the chosen one lowest.

    Returns:
        The rate whose marker is the lowest of the pile, and how many are below, for each method that found a rate.
    """
    piles: dict[float, int] = {}
    found = {}
    for method in sorted(suggestions, key=lambda method: method != chosen):
        rate = suggestions[method]
        if rate is not None:
            lowest = next((other for other in piles if abs(np.log(rate / other)) <= near), rate)
            found[method] = lowest, piles.get(lowest, 0)
            piles[lowest] = piles.get(lowest, 0) + 1
    return found


def _lifted(axes: Axes, lift: int) -> dict[str, Any]:
    """How to draw a marker above so many others; the topmost may leave the panel."""
    if not lift:
        return {}
    up = offset_copy(axes.transData, axes.figure, 0, LIFT * lift, units="points")
    return {"transform": up, "clip_on": False}


def _mark(axes: Axes, method: str, rate: float, height: float, look: dict[str, Any], *, chosen: bool) -> None:
    """Mark a suggestion on the curve; the chosen one is larger and stands on a line."""
    words = f"{method}: {style.number(rate, digits=3)}" + (" (chosen)" if chosen else "")
    edge = style.INK if chosen else "white"
    axes.plot(rate, height, markeredgecolor=edge, markersize=12 if chosen else 8, label=words, **look)
    if chosen:
        axes.axvline(rate, color=look["color"], linewidth=1.4, linestyle=(0, (4, 3)), zorder=1)


def _label_axes(axes: Axes) -> None:
    axes.set(xlabel="learning rate", ylabel="loss", xscale="log")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    axes.xaxis.set_minor_locator(NullLocator())
    style.plain_numbers(axes)


def _limit_losses(axes: Axes, losses: Array, smoothed: Array) -> None:
    """Show the fall of the loss in full, and of its explosion only how it begins."""
    finite = smoothed[np.isfinite(smoothed)]
    if not finite.size:
        return
    fall = losses[: finite.argmin() + 1]
    low, high = min(fall.min(), finite.min()), max(fall.max(), 1.5 * finite.min())
    if high > low:
        axes.set_ylim(low - 0.08 * (high - low), high + 0.15 * (high - low))
