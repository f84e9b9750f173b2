"""Preparation in plain NumPy and float64: inputs as the network takes them, targets and answers in both units."""

from __future__ import annotations

from collections.abc import Sequence
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


def medians(train: np.ndarray) -> np.ndarray | None:
    """The median of the numbers that are there of each feature of (N, features); None for pixels."""
    if train.dtype == np.uint8 or train.ndim > 2:
        return None
    middle = []
    for feature in train.T:
        numbers = sorted(number for number in feature.tolist() if number == number)
        half = len(numbers) // 2
        middle.append(numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2)
    return np.array(middle)


def input_scale(train: np.ndarray, *, standardize: bool, plain: Sequence[int] = ()) -> Scale:
    """Of pixels one for each channel, of features one each; pixels as they are come as shares of 255.

    A feature that never varied in training is always 0: nothing was learned of it. Those that are `plain` are left as
    they are otherwise.
    """
    if not standardize:
        return Scale(np.zeros(1), np.full(1, 255.0 if train.dtype == np.uint8 else 1.0))
    axes = (0, 2, 3) if train.ndim == 4 else (0,)
    scale = measured(train.astype(np.float64), axes, constant=np.inf)
    for feature in plain:
        if np.isfinite(scale.deviation[feature]):
            scale.mean[feature], scale.deviation[feature] = 0, 1
    return scale


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
