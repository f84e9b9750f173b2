"""Curves: the ROC and precision-recall curves of the classes, thinned to what a picture can show."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnfs_cli.nn.evaluation.ranking import Ranking
from nnfs_cli.nn.shapes import Array

MOST_LINES, WORST = 7, 3
CELLS = 400
"""A curve keeps a point in each cell of a square of so many cells a side that it passes."""
GRID = np.linspace(0, 1, 201)


def curves_of(probabilities: Array, target: Array, classes: tuple[str, ...]) -> dict[str, Any] | None:
    """What `plots.ranking` draws, in the types of JSON; None if no class is there beside another one.

    Of two classes that is the curve of the second one. Of more than 7 it is their mean, the middle 80 % of them at each
    place, and the three worst.

    Args:
        probabilities: (classes, N).
        target: (N,).
        classes: their names.
    """
    kept = {}
    for k in range(1 if len(classes) == 2 else 0, len(classes)):
        positive = target == k
        if positive.any() and not positive.all():
            kept[k] = Ranking.of(probabilities[k], positive)
    if not kept:
        return None
    areas = {k: (ranking.roc_auc(), ranking.average_precision()) for k, ranking in kept.items()}
    few = len(kept) <= MOST_LINES
    shown = kept if few else sorted(kept, key=lambda k: areas[k][0])[:WORST]
    lines = [_line(classes[k], kept[k], *areas[k]) for k in shown]
    auc, precision = np.mean([*areas.values()], axis=0).tolist()
    only = next(iter(kept.values()))
    return {
        "classes": len(kept),
        "lines": lines,
        "spread": None if few else _spread([*kept.values()]),
        "figures": {"roc_auc": auc, "average_precision": precision},
        "chance": only.positives / len(target) if len(kept) == 1 else None,
    }


def _line(name: str, ranking: Ranking, auc: float, precision: float) -> dict[str, Any]:
    return {
        "class": name,
        "roc_auc": auc,
        "average_precision": precision,
        "roc": _thinned(*_roc(ranking)),
        "pr": _thinned(*_precision_recall(ranking)),
    }


def _roc(ranking: Ranking) -> tuple[Array, Array]:
    """False and true positive rates from (0, 0) to (1, 1), (thresholds + 1,) each."""
    rates = (ranking.misses / ranking.negatives, ranking.hits / ranking.positives)
    return tuple(np.concatenate([[0.0], rate]) for rate in rates)


def _precision_recall(ranking: Ranking) -> tuple[Array, Array]:
    """Recalls from 0 and the precision on the way to each, (thresholds + 1,) each."""
    recall, precision = ranking.hits / ranking.positives, ranking.precision
    return np.concatenate([[0.0], recall]), np.concatenate([precision[:1], precision])


def _thinned(x: Array, y: Array) -> tuple[list[float], list[float]]:
    """The first and the last point of the curve in each cell that it passes."""
    cells = np.round(x * CELLS) * (CELLS + 1) + np.round(y * CELLS)
    turn = np.flatnonzero(cells[1:] != cells[:-1])
    kept = np.unique(np.concatenate([[0], turn, turn + 1, [len(x) - 1]]))
    return x[kept].round(5).tolist(), y[kept].round(5).tolist()


def _spread(rankings: list[Ranking]) -> dict[str, Any]:
    """The mean and the middle 80 % of the curves at each place of a grid."""
    roc = np.array([np.interp(GRID, *_roc(ranking)) for ranking in rankings])
    precision = np.array([_precision_at(GRID, ranking) for ranking in rankings])
    return {name: _band(curves) for name, curves in (("roc", roc), ("pr", precision))}


def _precision_at(recalls: Array, ranking: Ranking) -> Array:
    """The precision of the first threshold that reaches each recall."""
    recall, precision = _precision_recall(ranking)
    return precision[np.searchsorted(recall, recalls)]


def _band(curves: Array) -> dict[str, list[float]]:
    low, high = np.quantile(curves, [0.1, 0.9], axis=0)
    known = {"x": GRID, "low": low, "high": high, "mean": curves.mean(axis=0)}
    return {name: values.round(5).tolist() for name, values in known.items()}
