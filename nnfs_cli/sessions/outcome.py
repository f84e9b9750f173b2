"""Outcome: what people should know of a training that has ended and did not go well."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnfs_cli.errors import MachineError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs.tables import blocks
from nnfs_cli.text import counted, quoted
from nnfs_cli.training.imbalance import threshold_of
from nnfs_cli.training.measure import only_answer
from nnfs_cli.training.state import monitored
from nnfs_cli.training.trainer import SILENT, Trainer

EXAMPLES = 32
"""The loss began where its mean over the batches of about so many examples was."""
ROUNDING = 1e-3
"""The share of a loss that may be rounding: one that never changed has not risen."""


TELLING, OTHERS, STEPS = 20, 5, 10
"""One answer to all says something of so many examples with so many of other classes; a loss says it after steps."""


def outcome(trainer: Trainer, steps: Path, classes: Sequence[str] | None) -> list[str]:
    """A sentence for each thing that went wrong, with what to try.

    Args:
        trainer: which has made its last epoch.
        steps: steps.csv; if it is gone, nobody knows where the loss began.
        classes: their names; None where values are predicted.
    """
    found = (
        _loss_that_rose(trainer, steps),
        _no_best(trainer),
        _one_answer(trainer, classes),
        _worse_than_mean(trainer),
    )
    return [*filter(None, found)]


def _loss_that_rose(trainer: Trainer, steps: Path) -> str:
    began, last = _first_loss(trainer, steps), trainer.state.last
    if began is None or last is None or last["step"] < STEPS or not last["train_loss"] > began * (1 + ROUNDING):
        return ""
    return (
        f"the training loss rose: {began:.4g} at the beginning, {last['train_loss']:.4g} in the last epoch. "
        "Try a smaller learning rate; nnfs lr-find suggests one."
    )


def _first_loss(trainer: Trainer, steps: Path) -> float | None:
    """The mean loss over the first batches, before which little was learned; None if it cannot be read.

    Where examples weigh differently a few of them say little: it is that of the first epoch then.
    """
    few = -(-EXAMPLES // trainer.training.step_size)
    weighted = trainer.train.weight(np.arange(1)) is not None
    count = trainer.steps_per_epoch if weighted else min(trainer.steps_per_epoch, few)
    try:
        (rows,) = itertools.islice(blocks(steps, rows=count), 1)
        return float(rows["loss"].mean())
    except (OSError, ValueError, LookupError, MachineError):
        return None


def _no_best(trainer: Trainer) -> str:
    last, monitor = trainer.state.last, trainer.training.monitor
    if last is None or trainer.state.best is not None:
        return ""
    return (
        f"{monitored(last, monitor).column} was not defined in any epoch, so there is no best checkpoint: the last one "
        "is used. Set training.monitor: val_loss, or validate on examples whose answers differ."
    )


@SILENT
def _one_answer(trainer: Trainer, classes: Sequence[str] | None) -> str:
    held = trainer.validation
    if classes is None or held is None or len(held) < TELLING:
        return ""
    with trainer.averaged():
        threshold = threshold_of(trainer.training, trainer.network, trainer.loss, held)
        answer = only_answer(trainer.network, trainer.loss, held, threshold)
    return "" if answer is None else _answered(answer, held.answers, classes, "validation examples")


def only_answer_note(decisions: Array, y: Array, classes: Sequence[str]) -> tuple[str, ...]:
    """A word on a network that answers all examples (N,) of classes y (N,) alike."""
    if len(y) < TELLING or (decisions != decisions[0]).any():
        return ()
    return (*filter(None, [_answered(int(decisions[0]), y, classes, "examples")]),)


def _answered(answer: int, y: Array, classes: Sequence[str], examples: str) -> str:
    """Said where enough examples are of other classes."""
    if np.count_nonzero(y != answer) < OTHERS:
        return ""
    return (
        f"the network answers {quoted(classes[answer])} to all of the {len(y):,} {examples}, which are of "
        f"{counted(len(np.unique(y)), 'class')}. Train longer, try another learning rate (nnfs lr-find suggests one), "
        "look whether the inputs tell the classes apart, or set loss.class_weights: balanced if one of them is rare."
    )


def _worse_than_mean(trainer: Trainer) -> str:
    metric = next((metric for metric in trainer.metrics if metric.baseline is not None), None)
    name = f"val_{metric.type_name}" if metric is not None else ""
    value = (trainer.state.best or {}).get(name)
    if value is None or value >= metric.baseline:
        return ""
    return (
        f"{name} is {value:.4g} in the best epoch: on the validation examples the network is worse than one that "
        "always answers their mean. Train longer, try another learning rate (nnfs lr-find suggests one), "
        "or look whether the inputs tell the values."
    )
