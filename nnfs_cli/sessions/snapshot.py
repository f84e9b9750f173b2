"""Snapshot: all of a training at one moment, and the way back to it."""

from __future__ import annotations

from typing import Any

from nnfs_cli.errors import CheckpointError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import describe_object
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.sessions.progress import Progress
from nnfs_cli.sessions.tensors import restore_slots, slots_of, weights_of
from nnfs_cli.sessions.trainer import Trainer


def tensors_of(trainer: Trainer) -> dict[str, Array]:
    """The weights and the optimizer's slots."""
    return {**weights_of(trainer.network), **slots_of(trainer.network, trainer.optimizer)}


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Where the training is. Random numbers need no state: they are functions of the seed, the epoch and the step."""
    optimizer = trainer.optimizer
    return {
        "progress": trainer.progress.state(),
        "optimizer": {**describe_object(optimizer), "state": optimizer.state()},
        "scheduled": {name: optimizer.get(name) for name in trainer.plan},
        "seed": trainer.network.seed,
        "step": trainer.progress.step,
        "steps": trainer.steps,
    }


def restore(trainer: Trainer, checkpoint: Checkpoint) -> None:
    """Put a trainer, whose network already has the weights, where the checkpoint was made.

    Raises:
        CheckpointError: the checkpoint holds no training, or one with another optimizer.
    """
    try:
        training = checkpoint.state["training"]
        progress, optimizer = Progress(**training["progress"]), training["optimizer"]["state"]
        scheduled = {name: training["scheduled"][name] for name in trainer.plan}
    except (KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{checkpoint.path}: holds no training to go on with ({error}).") from None
    restore_slots(trainer.network, trainer.optimizer, checkpoint)
    trainer.optimizer.restore(optimizer)
    for name, value in scheduled.items():
        trainer.optimizer.set(name, value)
    trainer.progress = progress
