"""Metrics: how good predictions are, in the units that people compare."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.shapes import Array


def correct(scores: Array, target: Array) -> int:
    """How many examples have their largest score at their class: scores (classes, N), target (N,)."""
    return int(np.count_nonzero(scores.argmax(axis=0) == target))


def confusion_matrix(predicted: Array, target: Array, classes: int) -> Array:
    """Counts (classes, classes): row = true class, column = predicted class, from two (N,) arrays of classes."""
    return np.bincount(target * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def class_report(confusion: Array, names: tuple[str, ...]) -> list[dict[str, float | str | int | None]]:
    """Precision, recall and F1 of every class from a confusion matrix; None where nothing was there to divide by."""
    hits = confusion.diagonal()
    rows = zip(names, hits, confusion.sum(axis=1), confusion.sum(axis=0), strict=True)
    return [_class_row(name, int(hit), int(true), int(predicted)) for name, hit, true, predicted in rows]


def regression_report(values: Array, target: Array) -> dict[str, float | None]:
    """Mean squared, root mean squared and mean absolute error, and R squared, over (N, outputs) arrays.

    R squared is 1 - residual / total sum of squares, averaged over outputs; None if a target never varies.
    """
    error = values.astype(np.float64) - target
    total = ((target - target.mean(axis=0)) ** 2).sum(axis=0)
    mse = float((error**2).mean())
    r2 = float((1 - (error**2).sum(axis=0) / total).mean()) if total.all() else None
    return {"mse": mse, "rmse": mse**0.5, "mae": float(np.abs(error).mean()), "r2": r2}


def _class_row(name: str, hit: int, true: int, predicted: int) -> dict[str, float | str | int | None]:
    precision = hit / predicted if predicted else None
    recall = hit / true if true else None
    f1 = 2 * hit / (true + predicted) if true + predicted else None
    return {"class": name, "examples": true, "precision": precision, "recall": recall, "f1": f1}
