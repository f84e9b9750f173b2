"""Step: the rate falls by a factor every few epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import PositiveFloat, PositiveInt
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("step")
class Step(Scheduler):
    """lr = max_lr gamma^(epoch // step_size), as PyTorch's StepLR.

    Args:
        max_lr: the rate of the first epochs, above 0.
        step_size: how many epochs a rate stays.
        gamma: what the rate is then multiplied by.
    """

    def __init__(self, max_lr: PositiveFloat, step_size: PositiveInt = 10, gamma: PositiveFloat = 0.1):
        self.max_lr = max_lr
        self.step_size = step_size
        self.gamma = gamma

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        length = self.step_size * steps_per_epoch
        rates = range(math.ceil(steps / length))
        return {"lr": HyperParamScheduler([Knot(k * length, self.max_lr * self.gamma**k, "hold") for k in rates])}
