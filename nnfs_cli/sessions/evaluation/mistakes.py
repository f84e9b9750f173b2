"""Mistakes: the examples that a network is wrong about and most sure of, or furthest from, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.preparation import Preparation
from nnfs_cli.nn.evaluation.outputs import Outputs
from nnfs_cli.nn.shapes import Array
from nnfs_cli.sessions.evaluation.drawings import is_picture, scale_of, thumbnail
from nnfs_cli.sessions.evaluation.saved_split import SavedSplit
from nnfs_cli.text import unique

USUAL = 50
"""How many are listed where nobody says how many."""

SHOWN = 24
"""How many are shown in a picture, at most."""


@dataclass(frozen=True)
class Mistakes:
    """The worst examples of a split, the worst one first, of equally bad ones the one that comes first.

    Attributes:
        count: how many examples are wrong; of values, how many there are.
        head: the names of the columns of their table, without the source.
        rows: (n,) which examples these are.
        cells: what stands in the row of each.
        sources: what each is called, found when it is asked for.
        things: what a picture shows of each of some; empty where examples are no pictures.
    """

    count: int
    head: Sequence[str]
    rows: Array
    cells: Sequence[Sequence[Any]]
    sources: Callable[[], list[str]]
    things: tuple[dict[str, Any], ...] = ()


def of_classes(measured: SavedSplit, known: Preparation, outputs: Outputs, most: int) -> Mistakes:
    """Wrong answers, those with the largest probability of the class that was said first."""
    classes, y = known.spec.classes or (), measured.examples.y
    wrong = np.flatnonzero(outputs.decisions != y)
    sure = outputs.probabilities[outputs.decisions[wrong], wrong]
    rows, p = _first(wrong, sure, most)
    said = outputs.decisions[rows]
    cells = [(classes[k], classes[true], float(one)) for k, true, one in zip(said, y[rows], p, strict=True)]
    return Mistakes(
        len(wrong),
        ("label", "true", "probability"),
        rows,
        cells,
        lambda: measured.sources(rows),
        _things(measured, known, rows, cells),
    )


def of_values(measured: SavedSplit, values: Array, names: Sequence[str], most: int) -> Mistakes:
    """The answers that are furthest from the truth.

    Of one value that is the error, in its units. Of several, or of images, it is the root of the mean squared error, in
    which each target counts in units of its deviation over the split.

    Args:
        values: (N, targets, ...), in the units of the targets.
        names: of the targets.
    """
    target = measured.examples.y.reshape(values.shape)
    error, axes = values - target, (0, *range(2, values.ndim))
    flat = error.reshape(len(error), -1)
    if flat.shape[1] == 1:
        error = flat[:, 0]
    else:
        deviation = target.std(axis=axes, keepdims=True)
        scaled = error / np.where(deviation > 0, deviation, 1)
        error = np.sqrt(np.square(scaled).reshape(flat.shape).mean(axis=1))
    rows, _ = _first(np.arange(len(error)), np.abs(error), most)
    listed = values.ndim == 2
    head = unique(["source", *names, *(f"true_{name}" for name in names), "error"])[1:] if listed else ("error",)
    said = [[*values[row].tolist(), *target[row].tolist()] if listed else [] for row in rows]
    cells = [[*cells, float(error[row])] for cells, row in zip(said, rows, strict=True)]
    return Mistakes(len(error), head, rows, cells, lambda: measured.sources(rows))


def of_errors(measured: SavedSplit, error: Array, most: int) -> Mistakes:
    """The examples with the largest errors (N,)."""
    rows, worst = _first(np.arange(len(error)), error, most)
    return Mistakes(len(error), ("error",), rows, [[float(one)] for one in worst], lambda: measured.sources(rows))


def _first(rows: Array, badness: Array, most: int) -> tuple[Array, Array]:
    """The rows with the largest numbers, in their order, and these numbers."""
    order = np.argsort(-badness, kind="stable")[:most]
    return rows[order], badness[order]


def _things(
    measured: SavedSplit, known: Preparation, rows: Array, captions: Sequence[tuple[str, str, float]]
) -> tuple[dict[str, Any], ...]:
    """The first pictures among some examples, with what was said of them."""
    x = measured.examples.x[rows[:SHOWN]]
    if not len(x) or not is_picture(x.shape[1:]):
        return ()
    ends = scale_of(x, known.white)
    found = zip(x, captions, strict=False)
    return tuple({"pixels": thumbnail(one, *ends), "label": s, "true": t, "probability": p} for one, (s, t, p) in found)
