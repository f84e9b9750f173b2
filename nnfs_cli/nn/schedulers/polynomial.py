"""Polynomial: the rate falls as a power of what is left of the training."""

from __future__ import annotations

from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import Fraction, LargestRate, NonNegativeFloat, PositiveFloat
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("polynomial")
class Polynomial(PeakScheduler):
    """lr = min_lr + (max_lr - min_lr) (1 - t)^power after a share t of the steps; a straight line for power 1.

    Equal to PyTorch's PolynomialLR over all steps, and to Keras' PolynomialDecay with a min_lr: min_lr would come with
    the step after the last. A warm-up goes up in a straight line before, as that of cosine; with warmup: 1 there is
    nothing else.

    Args:
        max_lr: the largest rate, above 0, or auto.
        min_lr: what the rate falls to, at least 0.
        power: the exponent, above 0.
        warmup: share of the steps until max_lr is reached, from 0 to 1.
    """

    smallest = "min_lr"

    def __init__(
        self,
        max_lr: LargestRate,
        min_lr: NonNegativeFloat = 0.0,
        power: PositiveFloat = 1.0,
        warmup: Fraction = 0.0,
    ):
        self.max_lr = max_lr
        self.min_lr = min_lr
        self.power = power
        self.warmup = warmup
        self.refuse_contradictions()

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        top = min(self.warmup * steps, steps - 1)
        return {"lr": Powers([Knot(-1, 0.0), Knot(top, self.peak), Knot(steps, self.min_lr)], self.power)}


class Powers(HyperParamScheduler):
    """A curve whose last way, from the second last knot to the last, is a power of what is left of it."""

    def __init__(self, knots: list[Knot], power: float):
        super().__init__(knots)
        self._power = power

    def value(self, step: int) -> float:
        *_, top, end = self.knots
        if step < top.step:
            return super().value(step)
        left = max(end.step - step, 0) / (end.step - top.step)
        return end.value + (top.value - end.value) * left**self._power
