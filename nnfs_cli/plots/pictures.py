"""Pictures: examples of a run themselves, on a sheet: those that were taken for something else, or what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nnfs_cli.plots import style

HEAD, COLUMNS, CELL = 60, 6, 205
"""Pixels above the pictures, pictures of a row, and pixels of a row with its words."""

PAIR = 215
"""Pixels of a row of originals and what came back."""

WORDS = 155 / (style.SIZE * style.EM)
"""The width of a line above a picture, in ems: a little less than from one to the next, or to the edge of the sheet."""


@style.applied()
def mistakes(sheet: Sequence[dict[str, Any]], title: str) -> bytes:
    """Draw pictures, each with the class that was said, its probability and the true class.

    Args:
        sheet: "pixels", "label", "true" and "probability" of each.
        title: what stands above.

    Returns:
        A PNG file.
    """
    rows = -(-len(sheet) // COLUMNS)
    figure = style.blank(f"{title}: the surest mistakes", HEAD + CELL * rows)
    for axes, one in zip(_all_blank(figure.subplots(rows, COLUMNS, squeeze=False)), sheet, strict=False):
        _show(axes, one["pixels"])
        axes.set_anchor("W")
        words = [_named("said: ", one["label"]), _named("true: ", one["true"]), _percent(one["probability"])]
        axes.set_title("\n".join(words), fontsize=style.SIZE, fontweight="normal")
    return style.png(figure)


@style.applied()
def reconstructions(bands: Sequence[dict[str, Any]], title: str) -> bytes:
    """Draw originals, and below each what a network gave back, with how far that is from it.

    Args:
        bands: "name" and "pairs" of each group of examples; of a pair both "pictures" and the "error".
        title: what stands above.

    Returns:
        A PNG file.
    """
    columns = max(len(band["pairs"]) for band in bands)
    figure = style.blank(f"{title}: originals above, reconstructions below, RMSE", HEAD + PAIR * len(bands))
    grid = figure.subplots(2 * len(bands), columns, squeeze=False)
    _all_blank(grid)
    for number, band in enumerate(bands):
        above, below = grid[2 * number : 2 * number + 2]
        for column, pair in enumerate(band["pairs"]):
            for axes, pixels in zip((above[column], below[column]), pair["pictures"], strict=True):
                _show(axes, pixels)
            words = style.number(pair["error"], 3)
            above[column].set_title(f"{band['name']}\n{words}" if column == 0 else words, fontsize=9)
    return style.png(figure)


def _all_blank(grid: Any) -> list[Axes]:
    """All panels of a grid, without axes."""
    for axes in grid.flat:
        axes.set_axis_off()
    return list(grid.flat)


def _show(axes: Axes, pixels: Sequence[Any]) -> None:
    """Pixels of one number from 0 to 255, or of red, green and blue."""
    array = np.array(pixels, np.uint8)
    array = array.repeat(3, axis=2) if array.shape[2] == 1 else array
    axes.imshow(array, interpolation="nearest")


def _named(lead: str, name: str) -> str:
    """A class in a line above a picture."""
    return lead + style.shortened(name, WORDS - style.ems(lead))


def _percent(probability: float) -> str:
    """In percent, of which none is 100 that is not 1."""
    return f"{100 * probability:.1f} %" if probability < 0.9995 or probability == 1 else "> 99.9 %"
