"""LR find: the learning-rate range test, which raises the rate step by step until the loss runs away."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnfs_cli.build import Task
from nnfs_cli.config import Config
from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.sessions.rates.suggestions import doubt, suggest
from nnfs_cli.training.records import EpochDone, StepDone
from nnfs_cli.training.step.divergence import ADVICE
from nnfs_cli.training.trainer import Trainer

SMOOTHING = 0.98
RUNAWAY = 4.0
ALL_TRIED = "all rates were tried"
NO_RATE = "No rate changes that: look at the data, or set dataset.standardize: true."


class RatePoint(NamedTuple):
    """One step of the test: loss is of its batch, smoothed the exponential average, corrected for its start."""

    step: int
    lr: float
    loss: float
    smoothed: float


@dataclass(frozen=True)
class RatesFound:
    """The end of the test.

    Attributes:
        points: all steps.
        suggestions: by method; None where the method found nothing.
        reason: why the test ended.
        ran_away: whether that was before all rates were tried.
    """

    points: tuple[RatePoint, ...]
    suggestions: Mapping[str, float | None]
    reason: str
    ran_away: bool

    @property
    def doubt(self) -> str | None:
        """Which suggestion to trust, where they differ much."""
        return doubt(self.suggestions)


class RangeTest(Scheduler):
    """The rate grows by the same factor in every step; the momentum is what it will be at the largest rate.

    Args:
        scheduler: of the training that the rate is for.
    """

    def __init__(self, min_lr: float, max_lr: float, steps: int, scheduler: Scheduler):
        self.min_lr, self.max_lr, self.steps, self.scheduler = min_lr, max_lr, steps, scheduler

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        moving = self.scheduler.plan(self.steps, steps_per_epoch)
        curves = {"lr": HyperParamScheduler([Knot(0, self.min_lr), Knot(self.steps - 1, self.max_lr, "exp")])}
        if "momentum" in moving:
            top = max(range(self.steps), key=moving["lr"].value)
            curves["momentum"] = HyperParamScheduler([Knot(0, moving["momentum"].value(top))])
        return curves


def alone(config: Config) -> Config:
    """The configuration with one worker, as which the test is carried out."""
    return dataclasses.replace(config, training=dataclasses.replace(config.training, workers=1))


def lr_find(
    task: Task, *, min_lr: float = 1e-7, max_lr: float = 10.0, steps: int = 100
) -> Iterator[RatePoint | RatesFound]:
    """Raise the rate from `min_lr` to `max_lr`; the weights of the task's network are changed.

    Args:
        task: what to test; only the momentum of its schedule is kept.
        min_lr, max_lr: the first and the last rate.
        steps: how many rates are tried, over as many epochs as that takes.

    Raises:
        DivergedError: the loss is not finite even before the first step.
    """
    points: list[RatePoint] = []
    average, lowest, reason = 0.0, math.inf, ALL_TRIED
    try:
        for done in _steps(task, RangeTest(min_lr, max_lr, steps, task.recipe.scheduler), steps):
            average = SMOOTHING * average + (1 - SMOOTHING) * done.loss
            smoothed = average / (1 - SMOOTHING**done.step)
            points.append(RatePoint(done.step, done.lr, done.loss, smoothed))
            yield points[-1]
            lowest = min(lowest, smoothed)
            if smoothed > RUNAWAY * lowest:
                reason = f"the loss passed {RUNAWAY:g} times its lowest value"
                break
    except DivergedError as error:
        if not points:
            raise DivergedError(f"{error}".replace(ADVICE, NO_RATE)) from None
        reason = "the loss was no longer finite"
    _, rates, losses, smoothed = np.array(points).T
    yield RatesFound(tuple(points), suggest(rates, losses, smoothed), reason, reason != ALL_TRIED)


def _steps(task: Task, scheduler: Scheduler, steps: int) -> Iterator[StepDone]:
    recipe, train = task.recipe, task.dataset.splits["train"]
    epochs = -(-steps // (len(train) // recipe.training.step_size or 1))
    trial = {"epochs": epochs, "max_steps": steps, "early_stopping": None, "ema": None, "monitor": "train_loss"}
    training = dataclasses.replace(recipe.training, **trial)
    recipe = dataclasses.replace(recipe, scheduler=scheduler, training=training)
    trainer = Trainer(recipe, (), recipe.to_learn(train, task.dataset.preparation), None, Alone())
    for done in trainer.run():
        match done:
            case StepDone():
                yield done
            case EpochDone():
                pass
