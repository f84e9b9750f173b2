"""Confusion: which classes a network takes for which, as a matrix of counts, or as the pairs that it mixes up most."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style

HEIGHT = 860
MOST_NUMBERS = 20
MOST_NAMES = 50
MOST_CLASSES = 100
MOST_PAIRS = 30
# A square root, for an error of 1 % to be seen beside a diagonal of 99 %.
GAMMA = 0.5
SHARES = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)

# Names and counts are fitted to about this side of the matrix, and digits of about this share of the size of a font.
_SIDE_POINTS = 430
_DIGIT_WIDTH = 0.66


@style.applied()
def confusion(counts: Confusion, classes: tuple[str, ...], title: str) -> bytes:
    """Draw the matrix, coloured by the share of each true class; of more than 100 classes, the most frequent mistakes.

    Args:
        counts: of true and predicted classes.
        classes: their names, in order.
        title: what stands above.

    Returns:
        A PNG file.
    """
    figure = style.blank(title, HEIGHT)
    axes = figure.subplots()
    draw = _draw_matrix if counts.classes <= MOST_CLASSES else _draw_pairs
    draw(figure, axes, counts, classes)
    return style.png(figure)


def _draw_matrix(figure: Figure, axes: Axes, counts: Confusion, classes: tuple[str, ...]) -> None:
    matrix = counts.matrix()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(GAMMA, vmin=0, vmax=1), interpolation="nearest")
    axes.set_title(_sum_up(counts), **style.ASIDE)
    _name_classes(axes, classes)
    _explain_colours(figure, image)
    if len(classes) <= MOST_NUMBERS:
        _write_counts(axes, matrix, shares)


def _draw_pairs(figure: Figure, axes: Axes, counts: Confusion, classes: tuple[str, ...]) -> None:
    """A bar for each pair of classes, the most frequent mistake at the top."""
    worst, examples = counts.mistakes(MOST_PAIRS), counts.examples
    axes.set_title(f"{_sum_up(counts)}; the most frequent mistakes", **style.ASIDE)
    if not worst.counts.size:
        style.note(axes, "Every example is right")
        return
    names = style.told_apart(classes)
    pairs = [f"{names[true]} → {names[guess]}" for true, guess in zip(worst.true, worst.predicted, strict=True)]
    bars = axes.barh(np.arange(len(pairs)), worst.counts, color=style.SKY, height=0.7)
    shares = worst.counts / examples[worst.true]
    words = [f"{count:,} ({100 * share:.0f} %)" for count, share in zip(worst.counts, shares, strict=True)]
    axes.bar_label(bars, words, padding=4, fontsize=8, color=style.INK)
    axes.set_yticks(np.arange(len(pairs)), pairs, fontsize=8)
    axes.set_ylim(max(len(pairs), 10) - 0.4, -0.6)
    axes.set_xlim(0, 1.15 * worst.counts.max())
    axes.set_xlabel("examples of the true class → taken for this one (share of the true class)")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)


def _sum_up(counts: Confusion) -> str:
    total, right = int(counts.counts.sum()), int(counts.hits.sum())
    return f"{right:,} of {total:,} examples are right ({100 * right / total:.2f} %)" if total else "no examples"


def _name_classes(axes: Axes, classes: tuple[str, ...]) -> None:
    """Name as many classes as there is room for."""
    shown = np.arange(0, len(classes), -(-len(classes) // MOST_NAMES))
    told = style.told_apart(classes)
    names = [told[index] for index in shown]
    room = _SIDE_POINTS / len(shown)
    size = min(9.5, 0.8 * room)
    axes.set_xticks(shown, names, fontsize=size, **_turned(max(map(style.ems, names)) * size, room, size))
    axes.set_yticks(shown, names, fontsize=size)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)


def _turned(width: float, room: float, height: float) -> dict[str, Any]:
    """How to turn names that are wider than their room: as little as will do; all in points."""
    if width < room:
        return {}
    if 1.4 * height < 0.9 * room:
        return {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    return {"rotation": 90, "ha": "right", "va": "center", "rotation_mode": "anchor"}


def _explain_colours(figure: Figure, image: AxesImage) -> None:
    bar = figure.colorbar(image, ax=image.axes, label="share of the true class", shrink=0.8, aspect=30, pad=0.03)
    bar.set_ticks(SHARES, labels=[f"{100 * share:.0f} %" for share in SHARES])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)


def _write_counts(axes: Axes, matrix: Array, shares: Array) -> None:
    """Write each count into its cell, zeros faintly."""
    room, longest = _SIDE_POINTS / len(matrix), len(str(matrix.max()))
    size = min(13, 0.85 * room / (_DIGIT_WIDTH * longest))
    for (row, column), count in np.ndenumerate(matrix):
        color = style.EDGE if count == 0 else "white" if shares[row, column] > 0.3 else style.INK
        axes.text(column, row, str(count), ha="center", va="center", fontsize=size, color=color)
