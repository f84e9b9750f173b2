"""Preparation in plain NumPy and float64: inputs as the network takes them, targets and answers in both units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scale:
    """What is taken off and divided by, per feature, per channel or per output."""

    mean: np.ndarray
    deviation: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """In units of the deviation."""
        return (values - self.mean) / self.deviation

    def undo(self, values: np.ndarray) -> np.ndarray:
        """Back in their own units."""
        return values * self.deviation + self.mean


def input_scale(train: np.ndarray, *, standardize: bool) -> Scale:
    """Of pixels one for each channel, of features one each; pixels as they are come as shares of 255.

    A feature that never varied in training is always 0: nothing was learned of it.
    """
    if not standardize:
        return Scale(np.zeros(1), np.full(1, 255.0 if train.dtype == np.uint8 else 1.0))
    axes = (0, 2, 3) if train.ndim == 4 else (0,)
    return measured(train.astype(np.float64), axes, constant=np.inf)


def target_scale(train: np.ndarray, *, standardize: bool) -> Scale:
    """One for each output of (N, outputs) values."""
    return (
        measured(train, (0,), constant=1.0) if standardize else Scale(np.zeros(train.shape[1]), np.ones(train.shape[1]))
    )


def measured(values: np.ndarray, axes: tuple[int, ...], *, constant: float) -> Scale:
    """Mean and population deviation; `constant` is the deviation of what does not vary."""
    never = values.max(axis=axes, keepdims=True) == values.min(axis=axes, keepdims=True)
    deviation = np.where(never, constant, values.std(axis=axes, keepdims=True))
    return Scale(values.mean(axis=axes, keepdims=True)[0], deviation[0])
