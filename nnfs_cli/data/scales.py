"""Scales: refuse images that are on another scale of numbers than those of the training."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.preparation import OVERSHOOT, WHITES, Preparation
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

DARK = 15
"""A white that is so many times smaller than the one of the training is another scale, not a dark image."""
BRIGHT = 1.5
FAR = 8


def refuse_other_scale(where: str, x: Array, preparation: Preparation) -> None:
    """Refuse examples on another scale than those of the training: their answers would mean nothing.

    An example alone cannot always tell its scale: what is black only is taken, and whatever may be an image of the
    training that is dark.

    Args:
        x: (n, *input_shape), finite.

    Raises:
        DataError: it holds numbers from 0 to 1 and the training had pixels from 0 to 255, for example, or the other
            way round; or one of both has negative numbers.
    """
    if not x.size or not preparation.trained:
        return
    low, high = float(x.min()), float(x.max())
    if preparation.white is not None:
        _refuse_pixels(where, low, high, preparation.white, bytes_of_pixels=x.dtype == np.uint8)
    elif len(preparation.facts.input_shape) == 3 and preparation.ranges is not None:
        _refuse_numbers(where, low, high, preparation, bytes_of_pixels=x.dtype == np.uint8)


def _refuse_pixels(where: str, low: float, high: float, white: float, *, bytes_of_pixels: bool) -> None:
    """Refuse what is on another scale than pixels from 0 to `white`."""
    trained = f"the model was trained on pixels from 0 to {white:g}"
    if bytes_of_pixels:
        if high == 1:
            raise DataError(f"{where}: has bytes 0 and 1 only, {trained}. Multiply them by 255 if 1 is white.")
        return
    if low < -white / FAR or (low < 0 and high <= white / DARK):
        raise DataError(f"{where}: has numbers from {low:g} to {high:g}, {trained}. Bring them to that scale.")
    if high > white * BRIGHT:
        own = next((other for other in WHITES if high <= other), high)
        by = f"Divide them by {own / white:g}" if white == 1 else f"Multiply them by {white:g} / {own:g}"
        raise DataError(f"{where}: has numbers up to {high:g}, {trained}. {by}.")
    smaller = [other for other in WHITES if other * DARK <= white and 0 < high <= other * OVERSHOOT]
    if smaller:
        by = f"{white:g}" if smaller[0] == 1 else f"{white:g} / {smaller[0]:g}"
        raise DataError(f"{where}: has numbers from {low:g} to {high:g}, {trained}. Multiply them by {by}.")


def _refuse_numbers(where: str, low: float, high: float, preparation: Preparation, *, bytes_of_pixels: bool) -> None:
    """Refuse what is on another scale than numbers that are no pixels."""
    ranges = preparation.ranges
    least, most = float(ranges.low.min()), float(ranges.high.max())  # type: ignore[union-attr]
    negative = least < -(most - least) / 2 / FAR
    if (
        (negative and low >= 0 and (high > 0 or bytes_of_pixels))
        or (least >= 0 > low and low < -most / FAR)
        or (bytes_of_pixels and high > most)
        or high > FAR * max(most, -least)
        or (most >= DARK and 0 < high <= OVERSHOOT and low >= 0)
    ):
        raise DataError(
            f"{where}: has numbers from {low:g} to {high:g}, the model was trained on numbers from {least:g} to "
            f"{most:g}. Bring them to that scale."
        )
