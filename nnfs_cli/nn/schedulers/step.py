"""Step: the rate falls by a factor every few epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import LARGEST_NUMBER, LargestRate, PositiveFloat, PositiveInt
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("step")
class Step(PeakScheduler):
    """lr = max_lr gamma^(epoch // step_size), as PyTorch's StepLR.

    Args:
        max_lr: the rate of the first epochs, above 0, or auto.
        step_size: how many epochs a rate stays.
        gamma: what the rate is then multiplied by.
    """

    def __init__(self, max_lr: LargestRate, step_size: PositiveInt = 10, gamma: PositiveFloat = 0.1):
        self.max_lr = max_lr
        self.step_size = step_size
        self.gamma = gamma

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        return {"lr": Stairs(self.peak, self.gamma, self.step_size * steps_per_epoch, steps - 1)}


class Stairs(HyperParamScheduler):
    """first factor^(step // length), in closed form: a long training has more stairs than memory for knots.

    A rate that grows stops at 1e30; after the step `last` the rate stays.
    """

    def __init__(self, first: float, factor: float, length: int, last: int):
        super().__init__([Knot(0, first)])
        self._factor, self._length, self._last = factor, length, last

    def value(self, step: int) -> float:
        stairs, first = min(step, self._last) // self._length, self.knots[0].value
        highest = math.inf if self._factor <= 1 else math.log(LARGEST_NUMBER / first) / math.log(self._factor)
        return first * self._factor**stairs if stairs < highest else LARGEST_NUMBER
