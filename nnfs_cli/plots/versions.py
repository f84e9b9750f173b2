"""Versions: images as they are, and beside each what augmentation makes of it, epoch after epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.plots import style

COLOURS = 3
GAP = 0.06
"""Between two images, as a share of their width."""

ROOM, SIDE = 110, 840
"""In pixels: the height of what is not the images, and about the width of all of them."""

LOWEST, HIGHEST = 200, 4000


@style.applied()
def versions(images: Array, limits: tuple[float, float], names: Sequence[str], title: str) -> bytes:
    """Draw a row for each example: its image, and the image of each epoch.

    Args:
        images: (examples, 1 + epochs, channels, height, width); three channels are red, green and blue, of any other
            number the first one is shown in grey.
        limits: the numbers that are black and white.
        names: what is written beside each row.
        title: what stands above.

    Returns:
        A PNG file.
    """
    examples, columns, _, tall, wide = images.shape
    sheet, step = _sheet(images, limits)
    height = ROOM + SIDE / columns * tall / wide * examples
    figure = style.blank(title, int(np.clip(height, LOWEST, HIGHEST)))
    axes = figure.subplots()
    axes.imshow(sheet, interpolation="nearest")
    axes.set_xticks(np.arange(columns) * step[1] + (wide - 1) / 2, ["as it is", *map(_epoch, range(1, columns))])
    axes.set_yticks(np.arange(examples) * step[0] + (tall - 1) / 2, style.told_apart(names))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return style.png(figure)


def _epoch(number: int) -> str:
    return f"epoch {number}"


def _sheet(images: Array, limits: tuple[float, float]) -> tuple[Array, tuple[int, int]]:
    """All images on white, (rows, columns, 3) from 0 to 1, and how far one is from the next, down and across."""
    examples, columns, channels, tall, wide = images.shape
    gap = max(1, round(GAP * wide))
    step, (low, high) = (tall + gap, wide + gap), limits
    shown = images if channels == COLOURS else images[:, :, :1].repeat(COLOURS, axis=2)
    sheet = np.ones((examples * step[0] - gap, columns * step[1] - gap, COLOURS), np.float32)
    for row, column in np.ndindex(examples, columns):
        top, left = row * step[0], column * step[1]
        image = (shown[row, column].astype(np.float64) - low) / ((high - low) or 1)
        sheet[top : top + tall, left : left + wide] = image.clip(0, 1).transpose(1, 2, 0)
    return sheet, step
