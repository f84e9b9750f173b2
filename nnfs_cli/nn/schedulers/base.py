"""Scheduler: which hyper-parameters move during training, and how."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler


class Scheduler(ABC):
    """A plan that is laid out once the number of steps is known.

    Attributes:
        sets_lr: whether the plan holds the learning rate, so that the optimizer need not name one.
    """

    type_name: ClassVar[str]
    sets_lr: ClassVar[bool] = True

    @abstractmethod
    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        """The curve of every hyper-parameter that moves, by its name; "momentum" is beta1 for Adam."""
