"""Differences: what is not as it was computed, gathered so that a case tells all of it at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


class Differences(list[str]):
    """Sentences on what is wrong."""

    def equal(self, what: str, got: Any, wanted: Any) -> None:
        """Two things that must be the same."""
        if got != wanted:
            self.append(f"{what}: {str(got)[:200]} in place of {str(wanted)[:200]}")

    def number(self, what: str, got: Any, wanted: float | None, tolerance: float, scale: float = 1.0) -> None:
        """Two figures; None is one that is not defined."""
        if got is None or wanted is None:
            self.equal(what, got, wanted)
        elif not abs(got - wanted) <= tolerance * max(scale, abs(wanted)):
            self.append(f"{what}: {got!r} in place of {wanted!r}")

    def numbers(self, what: str, got: Mapping, wanted: Mapping[str, Any], tolerance: float, scale: float = 1.0) -> None:
        """Figures by name; the squared error is in the square of the others' unit."""
        for name, value in wanted.items():
            unit = {"mse": scale**2, "rmse": scale, "mae": scale}.get(name.split("_")[-1], 1.0)
            self.number(f"{what} {name}", got.get(name, math.nan), value, tolerance, unit)

    def rows(
        self, what: str, got: np.ndarray, wanted: np.ndarray, tolerance: float, scale: Any = 1.0, digits: float = 0.0
    ) -> None:
        """Two arrays (N, outputs), with a unit for each output; `digits` is the share that printing may round off."""
        if got.shape != wanted.shape:
            self.append(f"{what}: shape {got.shape} in place of {wanted.shape}")
            return
        wrong = ~(np.abs(got - wanted) <= tolerance * scale + digits * np.abs(wanted)).all(axis=1)
        if wrong.any():
            row = int(np.argmax(wrong))
            self.append(f"{what}: {wrong.sum()} of {len(got)} rows, row {row}: {got[row]} in place of {wanted[row]}")
