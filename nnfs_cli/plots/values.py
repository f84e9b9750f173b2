"""Values: what a network predicts against what is true, and the error, one row of panels a target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nnfs_cli.plots import style

HEAD, ROW = 60, 460
DENSITY = "YlGnBu"
FAINTEST = 0.4
"""Where the colours begin, for one example to be seen."""
ROUND = (1, 2, 2.5, 5, 10)


@style.applied()
def values(targets: Sequence[dict[str, Any]], title: str) -> bytes:
    """Draw predicted against true values, and errors against predicted values; many examples as their density.

    Args:
        targets: as `nn.evaluation.clouds.clouds_of` gives them.
        title: what stands above.

    Returns:
        A PNG file.
    """
    figure = style.blank(title, HEAD + ROW * len(targets))
    for (left, right), target in zip(figure.subplots(len(targets), 2, squeeze=False), targets, strict=True):
        _draw_predicted(figure, left, target)
        _draw_errors(figure, right, target)
    return style.png(figure)


def _draw_predicted(figure: Figure, axes: Axes, target: dict[str, Any]) -> None:
    cloud = target["predicted"]
    axes.set_title(style.shortened(target["name"]))
    _draw_cloud(figure, axes, cloud)
    axes.axline((cloud["x"][0], cloud["x"][0]), slope=1, color=style.VERMILLION, linewidth=1.2, linestyle=(0, (4, 3)))
    _label(axes, cloud, f"true ({target['note']})" if target["note"] else "true", "predicted")


def _draw_errors(figure: Figure, axes: Axes, target: dict[str, Any]) -> None:
    cloud = target["errors"]
    axes.set_title("Error", loc="left")
    axes.set_title(target["figures"], loc="right", **style.ASIDE)
    _draw_cloud(figure, axes, cloud)
    axes.axhline(0, color=style.VERMILLION, linewidth=1.2, linestyle=(0, (4, 3)))
    _label(axes, cloud, "predicted", "predicted − true")


def _draw_cloud(figure: Figure, axes: Axes, cloud: dict[str, Any]) -> None:
    """Points where they are few, else cells, coloured by the examples in them on a logarithmic scale."""
    if cloud["counts"] is None:
        x, y = cloud["points"]
        size = float(np.clip(600 / max(1, len(x)), 6, 30))
        axes.scatter(x, y, s=size, color=style.BLUE, alpha=0.45, linewidths=0)
        return
    counts = np.ma.masked_equal(np.array(cloud["counts"]), 0)
    image = axes.imshow(
        counts.T,
        cmap=DENSITY,
        norm=LogNorm(FAINTEST, max(2, counts.max())),
        zorder=1,
        origin="lower",
        extent=(*cloud["x"], *cloud["y"]),
        aspect="auto",
        interpolation="nearest",
    )
    _explain_colours(figure, axes, image)


def _explain_colours(figure: Figure, axes: Axes, image: AxesImage) -> None:
    bar = figure.colorbar(image, ax=axes, label="examples a cell", aspect=30, pad=0.02, shrink=0.9)
    bar.outline.set_visible(False)
    bar.ax.set_ylim(1, None)
    bar.ax.minorticks_off()
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    bar.ax.tick_params(length=0, labelsize=8)


def _label(axes: Axes, cloud: dict[str, Any], x: str, y: str) -> None:
    axes.set(xlabel=x, ylabel=y, xlim=cloud["x"], ylim=cloud["y"])
    for axis, (low, high) in ((axes.xaxis, cloud["x"]), (axes.yaxis, cloud["y"])):
        digits = max(6, 3 + math.ceil(math.log10(max(abs(low), abs(high)) / (high - low))))
        axis.set_major_locator(MaxNLocator(6, steps=ROUND))
        axis.set_major_formatter(FuncFormatter(lambda value, _, digits=digits: style.number(value, digits)))
    axes.grid(True, axis="both")
