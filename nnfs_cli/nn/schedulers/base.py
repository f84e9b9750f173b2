"""Scheduler: which hyper-parameters move during training, and how."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler
from nnfs_cli.parameters import AUTO, LargestRate


class Scheduler(ABC):
    """A plan that is laid out once the number of steps is known.

    A plan is a function of the step alone, so that resuming needs only the step. A scheduler that follows the figures
    of the epochs as well remembers them in a state, which lies in every checkpoint; its curves read that state.

    Attributes:
        sets_lr: whether the plan holds the learning rate, so that the optimizer need not name one.
        follows_figures: whether what it does depends on the figures of the epochs.
    """

    type_name: ClassVar[str]
    sets_lr: ClassVar[bool] = True
    follows_figures: ClassVar[bool] = False

    @property
    def is_open(self) -> bool:
        """Whether a rate is "auto" and has to be found before there can be a plan."""
        return False

    def settled(self, rate: float) -> Scheduler:
        """The scheduler with this rate for every one that is "auto"."""
        return self

    def contradictions(self, found: float | None = None) -> Iterator[tuple[str, str]]:
        """Values that contradict others: the key of each, and a sentence.

        Args:
            found: the rate for every one that is "auto"; None before it is known, and nothing is held against it then.
        """
        yield from ()

    def refuse_contradictions(self, found: float | None = None) -> None:
        """Constructors end with it.

        Raises:
            ConfigError: the `contradictions`.
        """
        if problems := [f"{key}: {sentence}" for key, sentence in self.contradictions(found)]:
            raise ConfigError(*problems)

    def idle(self) -> Iterator[tuple[str, str]]:
        """Keys that were given and change nothing, and why."""
        yield from ()

    @abstractmethod
    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        """The curve of every hyper-parameter that moves, by its name; "momentum" is beta1 for Adam."""

    def momentum_at_top(self, steps: int, steps_per_epoch: int) -> float | None:
        """The momentum in the step with the largest rate; None where it does not move."""
        curves = self.plan(steps, steps_per_epoch)
        return curves["momentum"].value(curves["lr"].top(steps)) if "momentum" in curves else None

    def judge(self, cost: float) -> None:
        """Take note of the monitored figure of an epoch, negated where more is better; NaN where it is not defined."""

    def state(self) -> dict[str, Any]:
        """What it remembers of the figures of the epochs, in the types of JSON."""
        return {}

    def restored(self, state: Any) -> Scheduler:
        """The scheduler with a state that `state` gave, this one being left as it is.

        Raises:
            ConfigError: it is not the state of such a scheduler.
        """
        if state != {}:
            raise ConfigError("the scheduler remembers nothing of the epochs, but the file says that it does")
        return self


class PeakScheduler(Scheduler):
    """A scheduler with a largest rate, max_lr, that a range test finds where it is "auto".

    Attributes:
        smallest: the name of the parameter that is the smallest rate, if there is one.
        max_lr: as given; a plan takes `peak`.
        momentum: the smallest and the largest, where it moves.
    """

    smallest: ClassVar[str | None] = None
    max_lr: LargestRate
    momentum: tuple[float, float] | None = None

    @property
    def is_open(self) -> bool:
        return self.max_lr == AUTO

    def settled(self, rate: float) -> Scheduler:
        if not self.is_open:
            return self
        other = copy.copy(self)
        other.max_lr = rate
        return other

    def contradictions(self, found: float | None = None) -> Iterator[tuple[str, str]]:
        top, low = found if self.is_open else self.max_lr, self.smallest and getattr(self, self.smallest)
        if top is not None and low is not None and low > top:
            limit, fix = f"max_lr, {top}", f"a smaller {self.smallest} or a larger max_lr"
            if self.is_open:
                limit, fix = f"the max_lr that the range test finds, {top}", f"a smaller {self.smallest}"
            yield self.smallest, f"expected at most {limit}, got {low}. Set {fix}."
        if self.momentum is not None and self.momentum[0] > self.momentum[1]:
            low, high = self.momentum
            yield "momentum", f"expected the smallest before the largest, got [{low}, {high}]. Write [{high}, {low}]."

    def momentum_at_top(self, steps: int, steps_per_epoch: int) -> float | None:
        """The smallest, even where the rate is largest between two steps."""
        return self.momentum and self.momentum[0]

    @property
    def peak(self) -> float:
        """The largest rate.

        Raises:
            ConfigError: it has not been found yet.
        """
        if isinstance(self.max_lr, str):
            raise ConfigError(f"{self.type_name}: max_lr: is auto, which a training finds first. Give a number here.")
        return self.max_lr
