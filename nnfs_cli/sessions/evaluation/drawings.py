"""Drawings: what the pictures of a measurement show, in the types of JSON, for another process to draw."""

from __future__ import annotations

from collections.abc import Sequence

from nnfs_cli.nn.evaluation.calibration import Calibration
from nnfs_cli.nn.evaluation.clouds import clouds_of
from nnfs_cli.nn.evaluation.confusion import Confusion
from nnfs_cli.nn.evaluation.curves import curves_of
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.evaluation.reports import Figures
from nnfs_cli.nn.shapes import Array
from nnfs_cli.sessions.pictures import Things

Drawings = dict[str, Things]
"""The pictures, by the first part of the names of their files: a kind that `pictures.picture` knows, and its things."""


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
