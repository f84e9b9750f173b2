"""Trainers on the first digits, without a run directory."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.digits import Digits
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.dropout import Dropout
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.max_pool import MaxPool2D
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.optimizers.sgd import SGD
from nnfs_cli.nn.schedulers.constant import Constant
from nnfs_cli.parallel.choose import group_of
from nnfs_cli.training.chosen import chosen
from nnfs_cli.training.recipe import Recipe
from nnfs_cli.training.trainer import Trainer
from tests.sessions.trainings import epochs_of, steps_of, without_timings

DIGITS = Digits().load(Locator(None)).splits["train"]
PREPARATION = measured(Digits().spec(Locator(None)), DIGITS, standardize=False, transform="none")


def dense() -> list[Layer]:
    return [Flatten(), Dense(12), ReLU(), Dense(10)]


def dropout() -> list[Layer]:
    return [Flatten(), Dense(12), ReLU(), Dropout(0.3), Dense(10)]


def conv() -> list[Layer]:
    return [Conv2D(3, 3, padding="same"), ReLU(), MaxPool2D(2), Flatten(), Dense(10)]


def batches(start: int, count: int, dtype: str) -> Batches:
    split = DIGITS.take(slice(start, start + count))
    return Batches(split.x, split.y, PREPARATION, np.dtype(dtype))


def trainer(
    layers: list[Layer] | None = None,
    *,
    workers: int = 1,
    optimizer: Optimizer | None = None,
    scheduler: Any = None,
    count: int = 100,
    held: int = 0,
    dtype: str = "float64",
    **settings: Any,
) -> Trainer:
    """A trainer on the first digits; `held` of the later ones are for validation."""
    network = Network(layers or dense(), (1, 8, 8), seed=3, dtype=dtype)
    network.allocate()
    network.initialize()
    training = Training(**{"epochs": 1, "batch_size": 16, "dtype": dtype, **settings})
    recipe = Recipe(network, CrossEntropy(), optimizer or SGD(lr=0.1, momentum=0.9), scheduler or Constant(), training)
    validation = batches(1000, held, dtype) if held else None
    metrics = chosen(training, PREPARATION, validated=held > 0)
    return Trainer(recipe, metrics, batches(0, count, dtype), validation, group_of(workers))


def weighted(
    by_class: Any = None, own: np.ndarray | None = None, layers: list[Layer] | None = None, **settings: Any
) -> Trainer:
    """The same with weights, of the classes and of the first 100 digits."""
    made = trainer(layers, **settings)
    split = dataclasses.replace(DIGITS.take(slice(0, 100)), weight=own)
    loss = CrossEntropy(class_weights=by_class)
    recipe = Recipe(made.network, loss, made.optimizer, made.scheduler, made.training)
    train = recipe.to_learn(split, PREPARATION)
    return Trainer(recipe, made.metrics, train, made.validation, group_of(made.group.size))


def losses(trainer: Trainer) -> list[float]:
    return [step.loss for step in steps_of(trainer.run())]


def everything(trainer: Trainer) -> tuple:
    """The records, timings left out, and the bytes of the weights and the slots."""
    records = list(trainer.run())
    rows = [without_timings(epoch.row) for epoch in epochs_of(records)]
    slots = [slot.tobytes() for slot in trainer.optimizer.slots.values()]
    return steps_of(records), rows, trainer.network.values.tobytes(), slots
