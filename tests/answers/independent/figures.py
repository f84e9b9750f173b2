"""Figures in plain NumPy and float64: what is reported of classes and of values, by the formulas of textbooks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.answers.independent.network import softmax


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss of every example, (N,)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]


def of_classes(scores: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Loss and accuracy."""
    return {"loss": float(cross_entropy(scores, y).mean()), "accuracy": float((softmax(scores).argmax(1) == y).mean())}


def confusion(scores: np.ndarray, y: np.ndarray) -> list[list[int]]:
    """Counts: a row for each true class, a column for each predicted one."""
    classes, guess = range(scores.shape[1]), scores.argmax(axis=1)
    return [[int(np.sum((y == true) & (guess == said))) for said in classes] for true in classes]


def class_rows(counts: list[list[int]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Precision, recall and F1 of every class; None where there is nothing to divide by."""
    rows = []
    for k, name in enumerate(names):
        hit, true, said = counts[k][k], sum(counts[k]), sum(row[k] for row in counts)
        precision, recall = hit / said if said else None, hit / true if true else None
        f1 = 2 * hit / (true + said) if true + said else None
        rows.append({"class": name, "examples": true, "precision": precision, "recall": recall, "f1": f1})
    return rows


def of_values(values: np.ndarray, y: np.ndarray) -> dict[str, float | None]:
    """Errors and R squared of (N, outputs) in their own units."""
    mse = float(np.mean((values - y) ** 2))
    return {"mse": mse, "rmse": mse**0.5, "mae": float(np.mean(np.abs(values - y))), "r2": r_squared(values, y)}


def r_squared(values: np.ndarray, y: np.ndarray) -> float | None:
    """1 - residual / total, averaged over outputs; None where one of them never varies."""
    residual, total = ((values - y) ** 2).sum(axis=0), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    constant = (y == y[0]).all(axis=0)
    return None if constant.any() else float(np.mean(1 - residual / total))
