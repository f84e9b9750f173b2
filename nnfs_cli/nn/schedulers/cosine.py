"""Cosine: a short warm-up, then half a cosine wave down."""

from __future__ import annotations

from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import PeakScheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parameters import Fraction, LargestRate, NonNegativeFloat
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("cosine")
class Cosine(PeakScheduler):
    """Up in a straight line to max_lr, then down in half a cosine wave to min_lr at the last step.

    Loshchilov & Hutter 2017, eq. 5, arXiv:1608.03983, without restarts. The first rate is one part of the warm-up
    above 0, so that no step is wasted.

    Args:
        max_lr: the highest rate, above 0, or auto.
        min_lr: the last rate, at least 0.
        warmup: share of the steps until max_lr is reached, from 0 to 1.
    """

    smallest = "min_lr"

    def __init__(self, max_lr: LargestRate, min_lr: NonNegativeFloat = 0.0, warmup: Fraction = 0.05):
        self.max_lr = max_lr
        self.min_lr = min_lr
        self.warmup = warmup
        self.refuse_contradictions()

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        top = min(self.warmup * steps, steps - 1)
        knots = [Knot(-1, 0.0), Knot(top, self.peak), Knot(steps - 1, self.min_lr, "cos")]
        return {"lr": HyperParamScheduler(knots)}
