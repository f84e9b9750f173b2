"""Scales: refuse images that are on another scale of numbers than those of the training."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nnfs_cli.data.preparation import OVERSHOOT, WHITES, Preparation
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

DARK = 15
"""What is so many times darker than the white of the training is on another scale: 255 of 4,095, for example."""
BRIGHT = 1.5
FAR = 8


class Limits(NamedTuple):
    """The smallest and the largest number of some examples; of none, the first is larger."""

    low: float = math.inf
    high: float = -math.inf

    def with_those_of(self, x: Array) -> Limits:
        """The limits of these examples and of more."""
        return Limits(min(self.low, float(x.min())), max(self.high, float(x.max()))) if x.size else self


def has_scale(preparation: Preparation) -> bool:
    """Whether inputs may be on another scale than those of the training."""
    return preparation.white is not None or len(preparation.spec.input_shape) == 3


def refuse_other_scale(where: str, x: Array, preparation: Preparation) -> None:
    """Refuse images on another scale than those of the training: their answers would mean nothing.

    Numbers alone cannot always tell their scale: what is black only is taken, and what may be a dull image.

    Args:
        x: (n, *input_shape), finite.

    Raises:
        DataError: it holds numbers from 0 to 1 and the training had pixels from 0 to 255, for example, or the other
            way round; or one of both has negative numbers.
    """
    if x.size:
        refuse_other_limits(where, Limits(float(x.min()), float(x.max())), x.dtype, preparation)


def refuse_other_limits(where: str, limits: Limits, dtype: np.dtype, preparation: Preparation) -> None:
    """The same for examples of this type that lie within these limits."""
    low, high, are_bytes = limits.low, limits.high, dtype == np.uint8
    if low > high or not preparation.trained:
        return
    if preparation.white is not None:
        (_refuse_bytes if are_bytes else _refuse_pixels)(where, low, high, preparation.white)
    elif len(preparation.spec.input_shape) == 3 and preparation.ranges is not None:
        least, most = float(preparation.ranges.low.min()), float(preparation.ranges.high.max())
        if _differ(low, high, least, most) or (are_bytes and high > most):
            raise DataError(
                f"{where}: has numbers from {low:g} to {high:g}, the model was trained on numbers from {least:g} to "
                f"{most:g}. Bring them to that scale."
            )


def _refuse_bytes(where: str, low: float, high: float, white: float) -> None:
    """Refuse masks where pixels go up to 255."""
    if high == 1:
        raise DataError(
            f"{where}: has bytes 0 and 1 only, the model was trained on pixels from 0 to {white:g}. "
            "Multiply them by 255 if 1 is white."
        )


def _refuse_pixels(where: str, low: float, high: float, white: float) -> None:
    """Refuse numbers that are no pixels from 0 to `white`."""
    has = f"{where}: has numbers from {low:g} to {high:g}, the model was trained on pixels from 0 to {white:g}."
    if low < -white / FAR or (low < 0 and high <= white / DARK):
        raise DataError(f"{has} Bring them to that scale.")
    own = next((other for other in WHITES if high <= other), high)
    if high > white * BRIGHT:
        raise DataError(f"{has} Divide them by {own / white:g}.")
    own = 1.0 if high <= OVERSHOOT else own
    if 0 < high <= white / DARK and (own == 1 or own / 2 < high) and own < white:
        raise DataError(f"{has} Multiply them by {white / own:g}, if {own:g} is white.")


def _differ(low: float, high: float, least: float, most: float) -> bool:
    """Whether numbers from `low` to `high` are on another scale than those from `least` to `most`, which are no pixels.

    Where some numbers were clearly negative, images without any are not prepared as those were, and the other way
    round. Elsewhere only a great difference tells.
    """
    if least < -(most - least) / (2 * FAR):
        return low >= 0 or high > FAR * max(most, -least)
    negative = low < -most / FAR or (low < 0 and high <= most / 4)
    return negative or high > FAR * most or (most >= DARK and 0 < high <= OVERSHOOT)
