"""The one-cycle schedule as PyTorch's OneCycleLR walks it, written from its source."""

from __future__ import annotations

import math


def one_cycle(step: int, steps: int, max_lr: float) -> tuple[float, float]:
    """Rate and momentum of a step, counted from 0, with PyTorch's defaults."""
    up, last = 0.3 * steps - 1, steps - 1
    first, end = max_lr / 25, max_lr / 25 / 1e4
    if step <= up:
        share = step / up
        return _cosine(first, max_lr, share), _cosine(0.95, 0.85, share)
    share = (step - up) / (last - up)
    return _cosine(max_lr, end, share), _cosine(0.85, 0.95, share)


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
