"""Plateau: the rate falls by a factor whenever the epochs stop getting better."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import Fraction, InnerFraction, LargestRate, NonNegativeFloat, NonNegativeInt
from nnfs_cli.registry import SCHEDULERS, from_state


@dataclass(frozen=True)
class Epochs:
    """What is remembered of the epochs so far.

    Attributes:
        lowest: the best monitored figure, negated where more is better.
        waited: epochs since it was reached, or since the rate fell, whichever is later.
        resting: epochs that are not counted as waiting, now that the rate has fallen.
        falls: how often the rate has fallen.
    """

    lowest: float | None = None
    waited: NonNegativeInt = 0
    resting: NonNegativeInt = 0
    falls: NonNegativeInt = 0


@SCHEDULERS.register("plateau")
class Plateau(PeakScheduler):
    """max_lr, times `factor` whenever training.monitor has not improved for more than `patience` epochs.

    Equal to PyTorch's ReduceLROnPlateau, without its eps; the mode is that of the figure, higher or lower. A figure has
    improved if it is better than the best by more than `threshold` times its size, also where it is negative.

    Args:
        max_lr: the first rate, above 0, or auto.
        factor: what the rate is multiplied by, between 0 and 1.
        patience: epochs without an improvement that the rate waits; it falls after the next one.
        threshold: the share of the best figure that counts as an improvement.
        cooldown: epochs after a fall that do not count as waiting.
        min_lr: the smallest rate, at least 0.
        warmup: share of the steps until max_lr is reached, from 0 to 1.
    """

    smallest = "min_lr"
    follows_figures = True

    def __init__(
        self,
        max_lr: LargestRate,
        factor: InnerFraction = 0.1,
        patience: NonNegativeInt = 10,
        threshold: NonNegativeFloat = 1e-4,
        cooldown: NonNegativeInt = 0,
        min_lr: NonNegativeFloat = 0.0,
        warmup: Fraction = 0.0,
    ):
        self.max_lr = max_lr
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.warmup = warmup
        self._epochs = Epochs()
        self.refuse_contradictions()

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        return {"lr": Reduced([Knot(-1, 0.0), Knot(min(self.warmup * steps, steps - 1), 1.0)], self)}

    @property
    def rate(self) -> float:
        """The rate that the epochs so far lead to."""
        return max(self.peak * self.factor**self._epochs.falls, self.min_lr)

    def judge(self, cost: float) -> None:
        lowest, waited, resting, falls = vars(self._epochs).values()
        waited += 1
        if math.isfinite(cost) and (lowest is None or cost < lowest - self.threshold * abs(lowest)):
            lowest, waited = cost, 0
        if resting:
            resting, waited = resting - 1, 0
        if waited > self.patience:
            waited, resting, falls = 0, self.cooldown, falls + 1
        self._epochs = Epochs(lowest, waited, resting, falls)

    def state(self) -> dict[str, Any]:
        return asdict(self._epochs)

    def restored(self, state: Any) -> Plateau:
        other = copy.copy(self)
        other._epochs = from_state(Epochs, "scheduler", state)
        return other


class Reduced(HyperParamScheduler):
    """The rate of a plateau at a step of its warm-up, or after it."""

    def __init__(self, knots: list[Knot], plateau: Plateau):
        super().__init__(knots)
        self._plateau = plateau

    def value(self, step: int) -> float:
        return self._plateau.rate * super().value(step)
