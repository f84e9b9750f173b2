"""Reports: all figures of a split at once, from its confusion matrix or from all of its values."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.confusion import Confusion
from nnfs_cli.nn.shapes import Array

OF_VALUES = ("mse", "rmse", "mae", "r2")
"""The figures of `regression_report`."""


def class_report(confusion: Confusion, names: tuple[str, ...]) -> list[dict[str, float | str | int | None]]:
    """Precision, recall and F1 of every class; None where nothing was there to divide by."""
    rows = zip(names, confusion.hits, confusion.examples, confusion.answers, strict=True)
    return [_class_row(name, int(hit), int(true), int(predicted)) for name, hit, true, predicted in rows]


def balanced_accuracy(confusion: Confusion) -> float:
    """The mean recall over the classes that have examples, as in scikit-learn."""
    present = confusion.examples > 0
    return float(np.mean(confusion.hits[present] / confusion.examples[present]))


def regression_report(values: Array, target: Array) -> dict[str, float | None]:
    """Mean squared, root mean squared and mean absolute error, and R squared, over arrays (N, targets, ...).

    Computed in float64. R squared is 1 - residual / total sum of squares, averaged over targets; None if a target
    never varies. A channel of an image is a target.
    """
    target = target.astype(np.float64)
    error, others = values - target, (0, *range(2, target.ndim))
    mse = float((error**2).mean())
    total = ((target - target.mean(axis=others, keepdims=True)) ** 2).sum(axis=others)
    varies = (target.max(axis=others) > target.min(axis=others)).all()
    r2 = float((1 - (error**2).sum(axis=others) / total).mean()) if varies else None
    return dict(zip(OF_VALUES, (mse, mse**0.5, float(np.abs(error).mean()), r2), strict=True))


def _class_row(name: str, hit: int, true: int, predicted: int) -> dict[str, float | str | int | None]:
    precision = hit / predicted if predicted else None
    recall = hit / true if true else None
    f1 = 2 * hit / (true + predicted) if true + predicted else None
    return {"class": name, "examples": true, "precision": precision, "recall": recall, "f1": f1}
