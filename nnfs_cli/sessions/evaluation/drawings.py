"""Drawings: what the pictures of a measurement show, in the types of JSON, for another process to draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.nn.evaluation.calibration import Calibration
from nnfs_cli.nn.evaluation.clouds import clouds_of
from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.evaluation.curves import curves_of
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.reports import Figures
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.sessions.pictures import Things

Drawings = dict[str, Things]
"""The pictures, by the first part of the names of their files: a kind that `pictures.picture` knows, and its things."""

MOST_PIXELS, WHITE = 96, 255
"""The most pixels of a side of a picture among others, and the brightest one."""


def of_classes(outputs: Outputs, y: Array, confusion: Confusion, classes: tuple[str, ...]) -> Drawings:
    """The confusion, the curves of the classes if there are any, and the calibration.

    Of two classes that is the calibration of the second one, of more that of the class that an example is taken for.
    """
    p = outputs.probabilities
    if len(classes) == 2:
        said, came = p[1], y == 1
        words = (f"probability of {classes[1]}", f"share that is {classes[1]}")
    else:
        said, came = p.max(axis=0), outputs.decisions == y
        words = ("probability of the class that an example is taken for", "share that is right")
    drawings = {"confusion": ("confusion", confusion.to_json(), classes)}
    if (curves := curves_of(p, y, classes)) is not None:
        drawings["roc"] = ("ranking", curves)
    return drawings | {"calibration": ("calibration", Calibration.of(said, came).to_json(), *words)}


def of_values(values: Array, target: Array, names: Sequence[str], figures: Sequence[Figures]) -> Drawings:
    """Predicted against true values (N, targets, ...)."""
    return {"predicted": ("values", clouds_of(values, target, names, figures))}


def is_picture(shape: Shape) -> bool:
    """Whether examples of this shape can be shown: (channels, height, width)."""
    return len(shape) == 3


def thumbnail(x: Array, low: float, high: float) -> list[list[list[int]]]:
    """A picture (channels, height, width) of numbers between two for black and white, as rows of pixels in the types
    of JSON: grey, or red, green and blue. Of other numbers of channels their mean is shown; large ones lose pixels.
    """
    step = max(1, -(-max(x.shape[1:]) // MOST_PIXELS))
    part = x[:, ::step, ::step].astype(np.float64)
    part = part if len(part) == 3 else part.mean(axis=0, keepdims=True)
    levels = np.clip((part - low) / ((high - low) or 1.0), 0, 1) * WHITE
    return np.moveaxis(levels.round().astype(int), 0, -1).tolist()


def scale_of(x: Array, white: float | None) -> tuple[float, float]:
    """The numbers that stand for black and white in examples x (n, ...): 0 and white where that is known."""
    if white is None:
        return float(x.min()), float(x.max())
    return 0.0, float(WHITE if x.dtype == np.uint8 else white)
