"""Coslog4: four cosine waves, each twice as long as the one before."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import LargestRate
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("coslog4")
class CosLog4(PeakScheduler):
    """lr = max_lr (1 - cos(2 pi log2(1 + 15 t))) / 2 after a share t of the steps: four waves, each twice as long.

    Holzmüller et al. 2024, arXiv:2407.04491 (RealMLP). The rate is 0 at the first step and wherever two
    waves meet, after 1, 3 and 7 fifteenths of the steps, where a network is worth keeping.

    Args:
        max_lr: the rate at the top of each wave, above 0, or auto.
    """

    def __init__(self, max_lr: LargestRate):
        self.max_lr = max_lr

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        return {"lr": Waves(self.peak, steps)}


class Waves(HyperParamScheduler):
    """The rate of every step, in closed form; after the last wave it stays 0."""

    def __init__(self, top: float, steps: int):
        super().__init__([Knot(0, 0.0), Knot(steps, 0.0)])
        self._top, self._steps = top, steps

    def value(self, step: int) -> float:
        share = min(step / self._steps, 1)
        return self._top / 2 * (1 - math.cos(2 * math.pi * math.log2(1 + 15 * share)))
