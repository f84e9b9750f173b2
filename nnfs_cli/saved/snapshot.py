"""Snapshot: all of a training at one moment, and the way back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.nn.schedulers.base import Scheduler
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import LARGEST_COUNT, LARGEST_NUMBER
from nnfs_cli.registry import describe_object
from nnfs_cli.runs.checkpoint import FIX, Checkpoint
from nnfs_cli.saved import predictor
from nnfs_cli.saved.config import saved_config
from nnfs_cli.saved.description import UNSOUND
from nnfs_cli.saved.tensors import raw_of, restore_raw, restore_slots, slots_of, weights_of
from nnfs_cli.text import listed, quoted
from nnfs_cli.training.measure import width
from nnfs_cli.training.records import epoch_columns
from nnfs_cli.training.state import TrainingState
from nnfs_cli.training.trainer import Trainer


def tensors_of(trainer: Trainer) -> dict[str, Array]:
    """The weights, those of the last step beside their average, and the optimizer's slots."""
    with trainer.averaged():
        used = weights_of(trainer.network)
    raw = raw_of(trainer.network) if trainer.average else {}
    return {**used, **raw, **slots_of(trainer.network, trainer.optimizer)}


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Where the training is. Random numbers need no state: they are functions of the seed, the epoch and the step."""
    optimizer = trainer.optimizer
    return {
        "progress": trainer.state.to_json(),
        "optimizer": {**describe_object(optimizer), "state": optimizer.state()},
        "scheduled": {name: optimizer.get(name) for name in trainer.plan},
        "scheduler": trainer.scheduler.state(),
        "seed": trainer.network.seed,
        "step": trainer.state.step,
        "steps": trainer.steps,
    }


def restore(trainer: Trainer, checkpoint: Checkpoint) -> int:
    """Put a trainer, whose network already has the weights, where the checkpoint was made.

    Returns:
        The steps that the training was laid out over when the checkpoint was made.

    Raises:
        CheckpointError: the checkpoint holds no training, or one with another optimizer; nothing is changed.
    """
    try:
        state, optimizer, scheduled, scheduler, steps = _read(trainer, checkpoint.state)
    except UNSOUND as error:
        raise CheckpointError(
            f"{checkpoint.path}: holds no training that can be resumed: {_first_line(error)}. "
            f"Start a new run with --init-from {checkpoint.path}."
        ) from None
    restore_raw(trainer.network, checkpoint, wanted=trainer.average is not None)
    restore_slots(trainer.network, trainer.optimizer, checkpoint)
    trainer.optimizer.restore(optimizer)
    for name, value in scheduled.items():
        trainer.optimizer.set(name, value)
    trainer.state, trainer.scheduler = state, scheduler
    trainer.lay_out()
    return steps


def refuse_unreadable(trainer: Trainer, state: Mapping[str, Any]) -> None:
    """Read what a checkpoint will say as its readers will.

    Raises:
        ConfigError: one of them would refuse it.
    """
    saved = predictor.refuse_unreadable(tensors_of(trainer), state)
    try:
        saved_config(saved)
        _read(trainer, saved.state)
    except CheckpointError as error:
        raise ConfigError(
            f"this training cannot be saved, because its checkpoint could not be read again: {error}"
        ) from None
    except UNSOUND as error:
        raise ConfigError(
            f"this training cannot be saved, because its checkpoint could not be read again: {_first_line(error)}."
        ) from None


def step_of(checkpoint: Checkpoint) -> int:
    """The step at which a checkpoint was made.

    Raises:
        CheckpointError: it does not say.
    """
    training = checkpoint.state.get("training")
    step = training.get("step") if isinstance(training, Mapping) else None
    if type(step) is not int or step < 0:
        raise CheckpointError(f"{checkpoint.path}: does not say at which step it was made. {FIX}")
    return step


def _read(
    trainer: Trainer, saved: Mapping[str, Any]
) -> tuple[TrainingState, dict[str, Any], dict[str, Any], Scheduler, int]:
    """The state of the training, that of the optimizer, what the scheduler has set, itself, and the steps in all."""
    training = saved["training"]
    state = TrainingState(**training["progress"])
    _refuse_impossible(state, trainer)
    optimizer = _numbers(training["optimizer"]["state"], trainer.optimizer.state())
    scheduled = _numbers(training["scheduled"], dict.fromkeys(trainer.plan, 0.0))
    scheduler = trainer.scheduler.restored(training.get("scheduler", {}))
    return state, optimizer, scheduled, scheduler, _numbers({"steps": training["steps"]}, {"steps": 0})["steps"]


def _refuse_impossible(state: TrainingState, trainer: Trainer) -> None:
    """Check that the saved state fits this training."""
    rows = [row for row in (state.last, state.best) if row is not None]
    counted = state.last["epoch"] if state.last is not None else 0
    if state.position > trainer.steps_per_epoch or counted != state.epoch:
        raise ValueError("its counts do not fit together")
    columns = set(epoch_columns(trainer.metrics))
    sums = width(trainer.summed) if state.position else 0
    if len(state.sums) != sums or any(set(row) != columns for row in rows):
        raise ValueError("its metrics are not those of this training")


def _numbers(found: Mapping[str, Any], wanted: Mapping[str, int | float]) -> dict[str, Any]:
    """The numbers, if they have the names and the types that are wanted.

    Raises:
        ValueError: they have not, or one of them is negative, not finite or larger than a training makes it.
    """
    if set(found) != set(wanted):
        raise ValueError(f"expected {sorted(wanted)}, got {listed(sorted(found))}")
    for name, value in found.items():
        largest = LARGEST_COUNT if isinstance(value, int) else LARGEST_NUMBER
        if type(value) is not type(wanted[name]) or not 0 <= value <= largest:
            raise ValueError(f"{name} is {quoted(value)}")
    return dict(found)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
