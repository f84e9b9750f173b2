"""Curves: how a run went, as its loss, its metrics, learning rate and momentum over the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nnfs_cli.nn.metrics.base import Metric
from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style
from nnfs_cli.plots.best import Best
from nnfs_cli.plots.series import EPOCH, STEP, VALUE, Columns, Series, series_of
from nnfs_cli.registry import METRICS

Table = Mapping[str, Series]

HEIGHT = 360
LOG_FROM = 1.5
MOST_MARKERS = 40
MOST_EPOCH_TICKS = 10
ROUND = (1, 2, 5, 10)
SPLITS = (("training", "train", style.BLUE, "o"), ("validation", "val", style.VERMILLION, "s"))


class EpochLine(NamedTuple):
    """A metric of one split at the end of each epoch: x are steps, y values; both (points,)."""

    split: str
    color: str
    marker: str
    x: Array
    y: Array


@style.applied()
def curves(
    epochs: Iterable[Columns],
    steps: Iterable[Columns],
    title: str,
    best: Best | None = None,
) -> bytes:
    """Draw a run, whether it has ended or not.

    Args:
        epochs: metrics.csv in blocks of rows, as `tables.blocks` reads it.
        steps: steps.csv alike.
        title: what stands above.
        best: the epoch of the best checkpoint, the only one that is ringed. None if there is none.

    Returns:
        A PNG file. The speed is shown in place of the only metric where that is not defined.
    """
    return _drawn(series_of(epochs), series_of(steps), title, best)


def _drawn(epochs: Table, steps: Table, title: str, best: Best | None) -> bytes:
    metrics = [METRICS[name] for name in (column.removeprefix("train_") for column in epochs) if name in METRICS]
    upper, lower, figure = _panels(title, max(1, len(metrics)))
    settings = steps if len(steps["step"]) else epochs
    judged = next((kind for kind in metrics if best is not None and best.figure == kind.type_name), None)
    _draw_loss(upper[0], epochs, steps["loss"], best, ringed=judged is None)
    for axes, metric in zip(upper[1:], metrics or [None], strict=True):
        _draw_metric(axes, epochs, metric, best, ringed=metric is judged, alone=len(metrics) < 2)
    _draw_rate(lower[0], settings["lr"].points())
    _draw_momentum(lower[1], settings["momentum"].points())
    _count_steps([*upper, *lower], epochs, steps)
    _mark_epochs(upper, lower, epochs["epoch"].points())
    _explain_lines(figure, upper)
    return style.png(figure)


def _panels(title: str, metrics: int) -> tuple[list[Axes], list[Axes], Figure]:
    """Two panels a row: loss and metrics, then rate and momentum; the loss takes a whole row where one is left over."""
    rows = -(-(1 + metrics) // 2) + 1
    figure = style.blank(title, HEIGHT * rows)
    grid = figure.add_gridspec(rows, 2)
    places = [divmod(k, 2) for k in range(2 * rows)]
    if metrics % 2 == 0:
        places[:2] = [(0, slice(None))]
    *upper, rate, momentum = (figure.add_subplot(grid[place]) for place in places)
    return upper, [rate, momentum], figure


def _draw_loss(axes: Axes, epochs: Table, losses: Series, best: Best | None, *, ringed: bool) -> None:
    points, (x, smoothed), lines = losses.points(), losses.smoothed(), _epoch_lines(epochs, "loss")
    y = points[:, VALUE]
    axes.set_title("Loss")
    axes.plot(points[:, STEP], y, color=style.SKY, alpha=0.4, linewidth=0.8, label="each step")
    axes.plot(x, smoothed, color=style.SKY, linewidth=1.8, marker=_dot(x), label="steps, smoothed")
    _draw_lines(axes, lines)
    if best is not None:
        best.mark(axes, "loss", lambda value: style.number(value, digits=4), ringed=ringed)
    _choose_scale(axes, y, np.concatenate([smoothed, *(line.y for line in lines)]))


def _choose_scale(axes: Axes, raw: Array, means: Array) -> None:
    """Make the axis logarithmic where the means span decades; a single lucky batch must not stretch it."""
    style.plain_numbers(axes)
    if not means.size:
        style.note(axes, "No step has been made yet")
    elif means.min() > 0 and np.log10(means.max() / means.min()) > LOG_FROM:
        low = np.clip(np.quantile(np.concatenate([raw, means]), 0.01), means.min() / 10, means.min())
        style.logarithmic(axes, low, max(means.max(), raw.max(initial=0)))


def _draw_metric(
    axes: Axes, epochs: Table, metric: type[Metric] | None, best: Best | None, *, ringed: bool, alone: bool
) -> None:
    """Draw a share in percent, any other metric as it is, or the speed where the only metric is not defined."""
    if metric is None:
        style.note(axes, "No epoch has ended yet")
        return
    scale, words = (100, _percent) if metric.is_share else (1, lambda value: f"{value:.4f}")
    lines = _epoch_lines(epochs, metric.type_name, scale)
    if not lines and len(epochs["step"]) and alone:
        _draw_speed(axes, epochs["samples_per_second"].points())
        return
    axes.set_title(metric.title)
    if metric.is_share:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{style.number(value)} %"))
    else:
        style.plain_numbers(axes)
    _draw_lines(axes, lines)
    if best is not None:
        best.mark(axes, metric.type_name, words, ringed=ringed, scale=scale)
    if not lines:
        style.note(axes, "Not defined in any epoch" if len(epochs["step"]) else "No epoch has ended yet")


def _percent(value: float) -> str:
    return f"{value:.2f} %"


def _draw_speed(axes: Axes, points: Array) -> None:
    x, y = points[:, STEP], points[:, VALUE]
    axes.set_title("Training speed, examples per second")
    axes.plot(x, y, color=style.ORANGE, linewidth=1.6, marker=_marker("o", x), markersize=4)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    style.from_zero(axes, y)


def _draw_rate(axes: Axes, points: Array) -> None:
    x, y = points[:, STEP], points[:, VALUE]
    axes.set_title("Learning rate")
    axes.plot(x, y, color=style.GREEN, linewidth=1.8, marker=_dot(x))
    style.plain_numbers(axes)
    style.from_zero(axes, y)


def _draw_momentum(axes: Axes, points: Array) -> None:
    x, y = points[:, STEP], points[:, VALUE]
    axes.set_title("Momentum")
    style.plain_numbers(axes)
    if y.any():
        axes.plot(x, y, color=style.PURPLE, linewidth=1.8, marker=_dot(x))
    else:
        style.note(axes, "No momentum")


def _epoch_lines(epochs: Table, metric: str, scale: float = 1.0) -> list[EpochLine]:
    """A line for each split that was measured, the one that tells most last."""
    lines = []
    for split, name, color, marker in SPLITS:
        points = epochs[f"{name}_{metric}"].points()
        if len(points):
            lines.append(EpochLine(split, color, marker, points[:, STEP], scale * points[:, VALUE]))
    return lines


def _draw_lines(axes: Axes, lines: Sequence[EpochLine]) -> None:
    for line in lines:
        name, marker = f"{line.split}, whole epoch", _marker(line.marker, line.x)
        axes.plot(line.x, line.y, color=line.color, linewidth=1.4, marker=marker, markersize=4, label=name)


def _count_steps(panels: Sequence[Axes], epochs: Table, steps: Table) -> None:
    """Give all panels the same steps at their x axis."""
    last = max((points[-1, STEP] for table in (steps, epochs) if len(points := table["step"].points())), default=1)
    for axes in panels:
        axes.set_xlim(-0.02 * last, 1.02 * last)
        axes.set_xlabel("step")
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=ROUND, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _mark_epochs(upper: Sequence[Axes], lower: Sequence[Axes], points: Array) -> None:
    """Draw a line where an epoch ends, in round numbers of epochs; the upper panels count epochs, not steps."""
    steps, numbers = points[:, STEP], points[:, EPOCH]
    if not numbers.size:
        return
    ticks = MaxNLocator(MOST_EPOCH_TICKS, steps=ROUND, integer=True).tick_values(0, numbers[-1])
    shown = ticks[(ticks >= numbers[0]) & (ticks <= numbers[-1])]
    ends = np.interp(shown, numbers, steps)
    for axes in (*upper, *lower):
        for step in ends:
            axes.axvline(step, color=style.GRID, linewidth=0.8, zorder=0.5)
    for axes in upper:
        axes.set_xticks(ends, [f"{epoch:.0f}" for epoch in shown])
        axes.set_xlabel("end of epoch")


def _explain_lines(figure: Figure, panels: Sequence[Axes]) -> None:
    found = {label: line for axes in panels for line, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(list(found.values()), list(found), loc="outside lower center", ncols=5)


def _marker(shape: str, x: Array) -> str:
    """The marker of a line, as long as its points stand apart."""
    return shape if len(x) <= MOST_MARKERS else ""


def _dot(x: Array) -> str:
    """A marker for a line of one point, which is invisible without."""
    return "o" if len(x) == 1 else ""
