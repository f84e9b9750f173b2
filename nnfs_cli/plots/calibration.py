"""Calibration: whether what a network says with a probability comes true as often, with the examples behind it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from nnfs_cli.nn.evaluation.calibration import Calibration
from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style

HEIGHT = 760
LONGEST = 32.0
"""Of the words beside a panel, in ems: the height of the upper one."""

DEVIATIONS = 1.96
"""Of a normal distribution, on either side of the middle 95 %."""


@style.applied()
def calibration(bins: Calibration, said: str, came: str, title: str) -> bytes:
    """Draw the share that came true against what was said, above the number of examples.

    Args:
        bins: the examples.
        said: what the probability is of, below the panels.
        came: what share is drawn, beside the upper panel.
        title: what stands above.

    Returns:
        A PNG file.
    """
    figure = style.blank(title, HEIGHT)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _draw_shares(upper, bins, style.shortened(came, LONGEST))
    _draw_counts(lower, bins.counts, style.shortened(said, LONGEST))
    return style.png(figure)


def _draw_shares(axes: Axes, bins: Calibration, came: str) -> None:
    there = bins.counts > 0
    counts, said, true = (
        bins.counts[there],
        bins.said[there] / bins.counts[there],
        bins.came[there] / bins.counts[there],
    )
    low, high = wilson(bins.came[there], counts)
    axes.set_title("Calibration")
    axes.set_title(f"mean distance from the diagonal (ECE): {100 * bins.error:.2f} %", loc="right", **style.ASIDE)
    axes.plot([0, 1], [0, 1], color=style.EDGE, linewidth=1.2, linestyle=(0, (4, 3)), label="as often as said")
    axes.errorbar(
        said,
        true,
        [true - low, high - true],
        color=style.SKY,
        fmt="none",
        linewidth=2,
        capsize=3,
        label="95 % interval",
    )
    axes.plot(said, true, color=style.BLUE, marker="o", markersize=6, linewidth=1.6, label="examples of a bin")
    axes.set(ylabel=came, ylim=(-0.03, 1.03))
    axes.yaxis.set_major_locator(MultipleLocator(0.2))
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))
    axes.grid(True, axis="both")
    axes.legend(loc="upper left", fontsize=9)


def _draw_counts(axes: Axes, counts: Array, said: str) -> None:
    edges = np.linspace(0, 1, len(counts) + 1)
    bars = axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=style.SKY, edgecolor="white", linewidth=1)
    axes.bar_label(bars, [f"{count:,}" if count else "" for count in counts], padding=2, fontsize=8, color=style.INK)
    axes.set(xlabel=said, ylabel="examples", xlim=(-0.02, 1.02), ylim=(0, 1.2 * max(1, counts.max())))
    axes.xaxis.set_major_locator(MultipleLocator(0.2))
    axes.xaxis.set_major_formatter(FuncFormatter(_percent))
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def wilson(came: Array, counts: Array) -> tuple[Array, Array]:
    """The 95 % interval of a share, its ends (bins,) each. Wilson 1927, "Probable inference", with z = 1.96."""
    share, z = came / counts, DEVIATIONS
    middle = share + z**2 / (2 * counts)
    reach = z * np.sqrt(share * (1 - share) / counts + z**2 / (4 * counts**2))
    scale = 1 + z**2 / counts
    return np.minimum((middle - reach) / scale, share), np.maximum((middle + reach) / scale, share)


def _percent(value: float, _: float) -> str:
    return f"{100 * value:.0f} %"
