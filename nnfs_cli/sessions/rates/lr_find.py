"""LR find: the range test of a configuration, by itself or before a training whose largest rate is "auto"."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from nnfs_cli.build import Task
from nnfs_cli.config import Config
from nnfs_cli.errors import ConfigError, DivergedError
from nnfs_cli.training.rates.range_test import STEPS, RatePoint, RatesFound, range_test, rate_for


def alone(config: Config) -> Config:
    """The configuration with one worker, as which the test is carried out."""
    return dataclasses.replace(config, training=dataclasses.replace(config.training, workers=1))


def lr_find(
    task: Task, *, min_lr: float = 1e-7, max_lr: float = 10.0, steps: int = STEPS
) -> Iterator[RatePoint | RatesFound]:
    """Raise the rate from `min_lr` to `max_lr`; the weights of the task's network are changed.

    Args:
        task: what to test; only the momentum of its schedule is kept.
        min_lr, max_lr: the first and the last rate.
        steps: how many rates are tried, over as many epochs as that takes.

    Raises:
        DivergedError: the loss is not finite even before the first step.
    """
    train = task.recipe.to_learn(task.dataset.splits["train"], task.dataset.preparation)
    return range_test(task.recipe, train, min_lr=min_lr, max_lr=max_lr, steps=steps)


def settled(task: Task) -> Task:
    """The task with a number wherever its schedule says max_lr: auto.

    Raises:
        DivergedError: no rate is found.
        ConfigError: one is found, and a smallest rate of the schedule is above it.
    """
    if not (keys := task.config.open_rates):
        return task
    try:
        rate = rate_for(task.recipe, task.recipe.to_learn(task.dataset.splits["train"], task.dataset.preparation))
    except DivergedError as error:
        first, *rest = error.lines
        raise DivergedError(f"{task.config.location(keys[0])}: {first}", *rest) from None
    told = task.recipe.scheduler.contradictions(rate)
    if problems := [f"{task.config.location(f'scheduler.{key}')}: {sentence}" for key, sentence in told]:
        raise ConfigError(*problems)
    return dataclasses.replace(task, recipe=task.recipe.settled(rate), found_rate=rate)
