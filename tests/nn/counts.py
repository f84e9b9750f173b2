"""Counts of a confusion matrix, from the matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnfs_cli.nn.evaluation.confusion import Confusion


def of_matrix(matrix: Any) -> Confusion:
    """Every example of the matrix (classes, classes), counted one by one."""
    counts = np.array(matrix)
    true, predicted = np.nonzero(counts)
    often = counts[true, predicted]
    return Confusion.count(np.repeat(predicted, often), np.repeat(true, often), len(counts))
