"""Cosine with restarts: half a cosine wave down, then up at once, again and again."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import LargestRate, NonNegativeFloat, PositiveInt
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("cosine_restarts")
class CosineRestarts(PeakScheduler):
    """From max_lr down in half a cosine wave towards min_lr, where the next wave begins at max_lr. SGDR.

    Loshchilov & Hutter 2017, eq. 5, arXiv:1608.03983, the rate moving in every step; equal to PyTorch's
    CosineAnnealingWarmRestarts with T_0 = period epochs and T_mult = factor. A training that is to end with a whole
    wave has period, period (1 + factor), period (1 + factor + factor^2), ... epochs.

    Args:
        max_lr: the rate at which each wave begins, above 0, or auto.
        min_lr: what the rate falls to, at least 0.
        period: how many epochs the first wave takes.
        factor: how many times as long each wave is as the one before.
    """

    smallest = "min_lr"

    def __init__(
        self,
        max_lr: LargestRate,
        min_lr: NonNegativeFloat = 0.0,
        period: PositiveInt = 1,
        factor: PositiveInt = 2,
    ):
        self.max_lr = max_lr
        self.min_lr = min_lr
        self.period = period
        self.factor = factor
        self.refuse_contradictions()

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        return {"lr": Waves(self.peak, self.min_lr, self.period * steps_per_epoch, self.factor)}


class Waves(HyperParamScheduler):
    """The rate of every step; the wave is found by counting, since logarithms miss where two of them meet."""

    def __init__(self, top: float, low: float, length: int, factor: int):
        super().__init__([Knot(0, top), Knot(length, low, "cos")])
        self._length, self._factor = length, factor

    def value(self, step: int) -> float:
        (_, top), (_, low) = ((knot.step, knot.value) for knot in self.knots)
        along, length = step, self._length
        if self._factor == 1:
            along %= length
        while along >= length:
            along, length = along - length, length * self._factor
        return low + (top - low) / 2 * (1 + math.cos(math.pi * along / length))
