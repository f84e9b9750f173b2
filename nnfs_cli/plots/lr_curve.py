"""LR curve: the loss against the learning rate of a range test, and the rates that it suggests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style

HEIGHT = 560
LOOKS = (("o", style.VERMILLION), ("s", style.GREEN), ("^", style.ORANGE), ("D", style.PURPLE))


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
    for (method, rate), look in zip(suggestions.items(), itertools.cycle(LOOKS)):
        if rate is None:
            axes.plot([], [], " ", label=f"{method}: nothing found")
        else:
            height = np.interp(np.log(rate), np.log(rates), smoothed)
            _mark(axes, method, rate, height, *look, chosen=method == chosen)
    _label_axes(axes)
    _limit_losses(axes, losses, smoothed)
    figure.legend(loc="outside lower center", ncols=3)
    return style.png(figure)


def _mark(axes: Axes, method: str, rate: float, height: float, shape: str, color: str, *, chosen: bool) -> None:
    """Mark a suggestion on the curve; the chosen one is larger and stands on a line."""
    words = f"{method}: {style.number(rate, digits=3)}" + (" (chosen)" if chosen else "")
    edge = style.INK if chosen else "white"
    axes.plot(rate, height, shape, color=color, markeredgecolor=edge, markersize=12 if chosen else 8, label=words)
    if chosen:
        axes.axvline(rate, color=color, linewidth=1.4, linestyle=(0, (4, 3)), zorder=1)


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
