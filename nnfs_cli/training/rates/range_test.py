"""Range test: the rate is raised step by step until the loss runs away."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.data.batches import Batches
from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.schedulers.hyper_param import HyperParamScheduler, Knot
from nnfs_cli.parallel.alone import Alone
from nnfs_cli.training.order import steps_of
from nnfs_cli.training.rates.suggestions import TRUSTED, doubt, suggest
from nnfs_cli.training.recipe import Recipe
from nnfs_cli.training.records import EpochDone, StepDone
from nnfs_cli.training.step.divergence import ADVICE
from nnfs_cli.training.trainer import Trainer

STEPS = 100
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
        length: how many steps that has.
    """

    def __init__(self, min_lr: float, max_lr: float, steps: int, scheduler: Scheduler, length: int):
        self.min_lr, self.max_lr, self.steps, self.scheduler = min_lr, max_lr, steps, scheduler
        self.length = length

    def plan(self, steps: int, steps_per_epoch: int) -> Mapping[str, HyperParamScheduler]:
        momentum = self.scheduler.settled(1.0).momentum_at_top(self.length, steps_per_epoch)
        curves = {"lr": HyperParamScheduler([Knot(0, self.min_lr), Knot(self.steps - 1, self.max_lr, "exp")])}
        return curves if momentum is None else curves | {"momentum": HyperParamScheduler([Knot(0, momentum)])}


def range_test(
    recipe: Recipe, train: Batches, *, min_lr: float = 1e-7, max_lr: float = 10.0, steps: int = STEPS
) -> Iterator[RatePoint | RatesFound]:
    """Raise the rate from `min_lr` to `max_lr`, in this process alone; the weights of the network are changed.

    Args:
        recipe: what to test; only the momentum of its schedule is kept.
        train: the examples to learn from.
        min_lr, max_lr: the first and the last rate.
        steps: how many rates are tried, over as many epochs as that takes.

    Raises:
        DivergedError: the loss is not finite even before the first step.
    """
    points: list[RatePoint] = []
    average, lowest, reason = 0.0, math.inf, ALL_TRIED
    scheduler = RangeTest(min_lr, max_lr, steps, recipe.scheduler, _length(recipe.training, len(train)))
    try:
        for done in _steps(recipe, train, scheduler, steps):
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


def rate_for(recipe: Recipe, train: Batches) -> float | None:
    """The rate for a scheduler that leaves its largest rate open, to three digits; None if it does not.

    It is a function of the seed, whatever the number of workers. A copy of the network is tried out, whose buffers, for
    a whole batch in this process, are given back before those of the workers are made.

    Args:
        recipe: its network is allocated, with the weights that the training begins with.

    Raises:
        DivergedError: there is no such rate.
    """
    if not recipe.scheduler.is_open:
        return None
    *_, found = range_test(dataclasses.replace(recipe, network=copy.deepcopy(recipe.network)), train)
    if (rate := found.suggestions[TRUSTED]) is None:
        first, last = found.points[0].lr, found.points[-1].lr
        raise DivergedError(
            f"auto finds no rate: none from {first:.3g} to {last:.3g} lets the loss fall by more than it varies from "
            "batch to batch. Give a number such as 3e-3, or set a larger training.batch_size; nnfs lr-find draws the "
            "curve."
        )
    return float(f"{rate:.3g}")


def _length(training: Training, examples: int) -> int:
    """The steps of a whole training."""
    steps = training.epochs * steps_of(examples, training)
    return steps if training.max_steps is None else min(steps, training.max_steps)


def _steps(recipe: Recipe, train: Batches, scheduler: Scheduler, steps: int) -> Iterator[StepDone]:
    epochs = -(-steps // (len(train) // recipe.training.step_size or 1))
    trial = {"epochs": epochs, "max_steps": steps, "early_stopping": None, "ema": None, "monitor": "train_loss"}
    training = dataclasses.replace(recipe.training, **trial)
    recipe = dataclasses.replace(recipe, scheduler=scheduler, training=training)
    for done in Trainer(recipe, (), train, None, Alone()).run():
        match done:
            case StepDone():
                yield done
            case EpochDone():
                pass
