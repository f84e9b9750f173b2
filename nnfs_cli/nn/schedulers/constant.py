"""Constant: nothing moves."""

from __future__ import annotations

from collections.abc import Mapping

from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler
from nnfs_cli.registry import SCHEDULERS


@SCHEDULERS.register("constant")
class Constant(Scheduler):
    """The optimizer's own rate and momentum, from the first step to the last."""

    sets_lr = False

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        return {}
