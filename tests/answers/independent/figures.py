"""Figures in plain NumPy and float64: what is reported of classes and of values, by the formulas of textbooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.answers.independent.network import softmax


def cross_entropy(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss of every example, (N,)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]


def of_classes(scores: np.ndarray, y: np.ndarray) -> dict[str, float | None]:
    """The loss and every metric of scores (N, classes)."""
    p, rows = softmax(scores), np.arange(len(y))
    counts = np.array(confusion(scores, y))
    right, true, said = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    found = {
        "loss": float(cross_entropy(scores, y).mean()),
        "accuracy": float((p.argmax(axis=1) == y).mean()),
        "balanced_accuracy": float(np.mean([right[k] / true[k] for k in set(y.tolist())])),
        "macro_f1": float(
            np.mean([2 * r / (t + s) if t + s else 0 for r, t, s in zip(right, true, said, strict=True)])
        ),
        "matthews": correlation(p.argmax(axis=1), y, len(counts)),
        "log_loss": float(-np.log(np.maximum(p[rows, y], np.finfo(float).eps)).mean()),
        "roc_auc": averaged(pairs_in_order, p, y),
        "average_precision": averaged(average_precision, p, y),
    }
    if len(counts) > 5:
        found["top_5"] = float(
            np.mean([k in np.argsort(row, kind="stable")[-5:] for k, row in zip(y, scores, strict=True)])
        )
    return found


def averaged(figure: Callable, p: np.ndarray, y: np.ndarray) -> float | None:
    """The mean over classes of a figure of each against the rest; of two classes that of the second."""
    classes = range(p.shape[1]) if p.shape[1] > 2 else [1]
    figures = [figure(p[y == k, k], p[y != k, k]) for k in classes]
    return None if None in figures else float(np.mean(figures))


def pairs_in_order(inside: np.ndarray, outside: np.ndarray) -> float | None:
    """The share of all pairs whose example of the class has the larger probability; a tie is half a pair."""
    above, tied = inside[:, None] > outside, inside[:, None] == outside
    return float((above + tied / 2).mean()) if above.size else None


def average_precision(inside: np.ndarray, outside: np.ndarray) -> float:
    """Over every threshold from the largest: the precision there, times what the recall has gained."""
    total, before = 0.0, 0
    for threshold in sorted(set(inside.tolist()), reverse=True):
        found, others = (int((group >= threshold).sum()) for group in (inside, outside))
        total += (found - before) * found / (found + others)
        before = found
    return total / max(1, len(inside))


def correlation(said: np.ndarray, y: np.ndarray, classes: int) -> float:
    """Pearson's correlation of what is true and what is said, as indicators of all classes; 0 where one is constant."""
    a, b = (np.eye(classes)[which] - np.eye(classes)[which].mean(axis=0) for which in (y, said))
    spread = (a * a).sum() * (b * b).sum()
    return float((a * b).sum() / np.sqrt(spread)) if len(set(y.tolist())) > 1 and len(set(said.tolist())) > 1 else 0.0


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
    """Errors and R squared of (N, outputs) in their own units, averaged over outputs."""
    error, tiny = values - y, np.finfo(float).eps
    return {
        "mse": float(np.mean(error**2)),
        "rmse": float(np.mean([np.sqrt(np.mean(column**2)) for column in error.T])),
        "mae": float(np.mean(np.abs(error))),
        "mape": float(np.mean(np.abs(error) / np.maximum(np.abs(y), tiny))),
        "r2": r_squared(values, y),
    }


def r_squared(values: np.ndarray, y: np.ndarray) -> float | None:
    """1 - residual / total, averaged over outputs; None where one of them never varies."""
    residual, total = ((values - y) ** 2).sum(axis=0), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    constant = (y == y[0]).all(axis=0)
    return None if constant.any() else float(np.mean(1 - residual / total))
