"""Ranking: how well probabilities find the examples of each class, as ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from nnfs_cli.plots import style

PANEL, ENTRY = 570, 18
COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY, style.INK)
MEAN, BAND = style.BLUE, "#CFE3F1"
PANELS = (
    (
        "roc",
        "roc_auc",
        "ROC curve",
        "false positive rate: share of the others",
        "true positive rate: share of the class",
    ),
    (
        "pr",
        "average_precision",
        "Precision and recall",
        "recall: share of the class that is found",
        "precision: share that is right",
    ),
)


@style.applied()
def ranking(curves: dict[str, Any], title: str) -> bytes:
    """Draw the curves of the classes against the rest; of many classes their mean, their spread and the worst ones.

    Args:
        curves: as `nn.evaluation.curves.curves_of` gives them.
        title: what stands above.

    Returns:
        A PNG file.
    """
    entries = len(curves["lines"]) + (2 if curves["spread"] else 0) + 1
    figure = style.blank(title, PANEL + ENTRY * -(-entries // 2))
    for axes, (name, area, head, x, y) in zip(figure.subplots(1, 2), PANELS, strict=True):
        axes.set_title(head)
        _label(axes, x, y)
        _draw_chance(axes, name, curves)
        _draw_lines(axes, curves["lines"], name, area)
        if curves["spread"]:
            _draw_spread(axes, curves["spread"][name], curves["figures"][area], curves["classes"])
        _explain(axes, name)
    return style.png(figure)


def _label(axes: Axes, x: str, y: str) -> None:
    axes.set(xlabel=x, ylabel=y, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(0.2))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.grid(True, axis="both")
    axes.tick_params(length=0)


def _draw_chance(axes: Axes, name: str, curves: dict[str, Any]) -> None:
    """What a guess gives, where that is the same for all curves."""
    chance = curves["chance"]
    line = {"color": style.EDGE, "linewidth": 1.2, "linestyle": (0, (4, 3)), "zorder": 1}
    if name == "roc":
        axes.plot([0, 1], [0, 1], label="guessing", **line)
    elif chance is not None:
        axes.plot([0, 1], [chance, chance], label=f"guessing  {chance:.3f}", **line)


def _draw_lines(axes: Axes, lines: Sequence[dict[str, Any]], name: str, area: str) -> None:
    """A line for each class, precision in steps as its mean is computed."""
    colours = COLOURS if len(lines) > 3 or not lines else COLOURS[: len(lines)]
    classes = style.told_apart([line["class"] for line in lines])
    for line, colour, called in zip(lines, colours, classes, strict=False):
        x, y = line[name]
        words = f"{called}  {line[area]:.3f}"
        steps = "default" if name == "roc" else "steps-pre"
        axes.plot(x, y, color=colour, linewidth=1.8, label=words, drawstyle=steps, solid_capstyle="butt")


def _draw_spread(axes: Axes, spread: dict[str, Any], mean: float, classes: int) -> None:
    axes.fill_between(spread["x"], spread["low"], spread["high"], color=BAND, linewidth=0, zorder=0.8)
    axes.fill_between([], [], [], color=BAND, linewidth=0, label="middle 80 % of the classes")
    axes.plot(
        spread["x"], spread["mean"], color=style.INK, linewidth=2, label=f"mean of {classes:,} classes  {mean:.3f}"
    )


def _explain(axes: Axes, name: str) -> None:
    """The names of the lines, below the panel: nowhere in it is free for all curves."""
    title = "area under the curve" if name == "roc" else "average precision"
    words = {"fontsize": 8, "title_fontsize": 8, "columnspacing": 1.2}
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, title=title, alignment="left", **words)
