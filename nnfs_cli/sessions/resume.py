"""Resume: go on with a training as if it had never stopped."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnfs_cli.build import Task, build_parts, complete
from nnfs_cli.config import Config, Training, load
from nnfs_cli.data.dataset import what_changed
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import CheckpointError, ConfigError, DataError
from nnfs_cli.runs import checkpoint, durable, machine
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.runs.directory import RunDirectory, require_plain_files, run_of
from nnfs_cli.runs.lock import owned
from nnfs_cli.saved.config import saved_config
from nnfs_cli.saved.snapshot import restore
from nnfs_cli.saved.tensors import refuse_other_weights, restore_weights
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.records import Finished
from nnfs_cli.sessions.recovery import ended_as, newest_whole
from nnfs_cli.sessions.train import (
    Asked,
    Notes,
    Records,
    begin,
    never,
    record,
    resolved_config,
    trainer_of,
    workers_of,
)
from nnfs_cli.text import counted, listed
from nnfs_cli.training.chosen import names_of

LENGTH = ("training.epochs", "training.max_steps", "training.early_stopping")
FREE = ("description", "training.checkpoint_every", *LENGTH)


def resume(path: Path, overrides: Sequence[str], locator: Locator, *, should_stop: Asked = never) -> Records:
    """Go on from the last checkpoint of a run.

    Args:
        path: a run directory, or a checkpoint inside one.
        overrides: "key=value" options; only what does not change the steps already made may change.

    Raises:
        CheckpointError: there is nothing to go on from.
        ConfigError: a key may not change.
        DataError: the data is not what it was.
        MachineError: the run is in use, cannot be written, or something else stands where its files are expected.
    """
    run = _run_of(path)
    require_plain_files(run)
    with contextlib.ExitStack() as lock:
        lock.enter_context(owned(run.path))
        for folder in (run.path, run.checkpoints):
            durable.sweep(folder)
        if path.is_dir() and not (run.last.exists() or run.previous.exists()):
            recorder, notes = _begin_anew(run, overrides, locator)
            return record(recorder, notes, should_stop, lock.pop_all())
        status = "killed" if (written := ended_as(run.path)) == "running" else written
        saved, warnings = newest_whole(run) if path.is_dir() else (checkpoint.read(path), ())
        recorder, before = _recorder(run, saved, overrides, locator)
        if recorder.trainer.finished:
            return iter([_nothing_to_do(recorder, status)])
        recorder.reopen(saved.path)
        task = recorder.task
        notes = (*warnings, *task.dataset.notes, *workers_of(task)[1], *_notes(recorder, saved, status, before))
        return record(recorder, notes, should_stop, lock.pop_all())


def _begin_anew(run: RunDirectory, overrides: Sequence[str], locator: Locator) -> tuple[Recorder, Notes]:
    """Train a run from its first step that was killed before its first checkpoint.

    Raises:
        CheckpointError: it was killed before its configuration was written, or it has been trained.
    """
    again = f"Train again: nnfs train {run.config if run.config.is_file() else 'CONFIG'}"
    if run.summary.exists():
        raise CheckpointError(f"{run.path}: was trained, but its checkpoints were removed. {again}.")
    if not run.config.is_file():
        raise CheckpointError(f"{run.path}: was killed before it had begun. Remove it. {again}.")
    config = load(run.config, overrides)
    _refuse_changes(load(run.config), config, run.path)
    recorder, notes = begin(run, build_parts(config, locator))
    return recorder, ("the run was killed before its first checkpoint; it starts again from its first step", *notes)


def _recorder(run: RunDirectory, saved: Checkpoint, overrides: Sequence[str], locator: Locator) -> tuple[Recorder, int]:
    """The recorder of the restored training, and the number of steps that its schedule was planned for."""
    before, config = saved_config(saved), saved_config(saved, overrides)
    changed = _refuse_changes(before, config, saved.path)
    parts = build_parts(config, locator)
    refuse_other_weights(parts.recipe.network, saved)
    task = _with_old_notes(complete(parts, drawn=False), saved)
    _refuse_other_figures(before.training, config.training, task.dataset.preparation)
    _refuse_other_data(task, saved)
    restore_weights(task.recipe.network, saved)
    trainer = trainer_of(task, workers_of(task)[0])
    steps = restore(trainer, saved)
    if any(key.startswith(LENGTH) for key in changed):
        other = _stopping_figure(before.training) != _stopping_figure(config.training)
        trainer.state.renew(config.training.max_steps, judged_anew=other)
    return Recorder(run, task, trainer, resolved_config(task, trainer.group.size)), steps


def _run_of(path: Path) -> RunDirectory:
    run = RunDirectory(path) if path.is_dir() else run_of(path)
    if run is None:
        checkpoint.require_checkpoint(path)
        raise CheckpointError(f"{path}: is not in a run directory. Resume a run, or start one with --init-from {path}.")
    return run


def _stopping_figure(training: Training) -> str | None:
    """What early stopping looks at."""
    return training.early_stopping and training.early_stopping.monitor


def _refuse_other_figures(before: Training, now: Training, preparation: Preparation) -> None:
    """See that early stopping looks at figures that are measured already: the tables of a run keep their columns.

    Raises:
        ConfigError: it does not, or it alone asked for one that would no longer be measured.
    """
    classes = preparation.spec.classes is not None
    measured, wanted = (names_of(training, classes=classes) for training in (before, now))
    if more := [name for name in wanted if name not in measured]:
        raise ConfigError(
            f"training.early_stopping.monitor: {listed(more)} was not measured in this run, whose tables have "
            f"{listed(['loss', *measured])}. Choose one of these."
        )
    if fewer := [name for name in measured if name not in wanted]:
        raise ConfigError(
            f"training.early_stopping: {listed(fewer)} is measured for it alone, and the tables of a run keep their "
            "columns. To go on without early stopping, set training.early_stopping.patience to more epochs than there "
            "are."
        )


def _refuse_changes(before: Config, config: Config, weights: Path) -> list[str]:
    """The keys in which the second configuration differs.

    Raises:
        ConfigError: one of them may not change.
    """
    changed = list(differences(before.resolved(), config.resolved()))
    refused = [key for key in changed if not key.startswith(FREE)]
    if refused:
        free = ", ".join(FREE[1:])
        raise ConfigError(
            *(f"--set {key}=…: cannot change in a resumed training." for key in refused),
            f"Only {free} can change. "
            f"To train these weights in another way, start a new run with --init-from {weights}.",
        )
    return changed


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The dotted paths at which two resolved configurations differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif before != after:
        yield path


def _refuse_other_data(task: Task, saved: Checkpoint) -> None:
    before, dataset = saved.state.get("digests"), task.dataset
    for split in ("train", "validation"):
        changed = what_changed(dataset.digests.get(split), before.get(split) if type(before) is dict else None)
        if changed:
            file = dataset.files.get(split, dataset.files["train"])
            raise DataError(
                f"{file}: {split} is not the data that this run was trained on: {changed}. Put the old files back."
            )


def _with_old_notes(task: Task, saved: Checkpoint) -> Task:
    """Keep the notes of the first training, such as that its data are a substitute."""
    before = saved.state.get("notes")
    old = [note for note in before if type(note) is str] if type(before) is list else []
    notes = (*dict.fromkeys([*old, *task.dataset.notes]),)
    return dataclasses.replace(task, dataset=dataclasses.replace(task.dataset, notes=notes))


def _notes(recorder: Recorder, saved: Checkpoint, status: str, before: int) -> Iterator[str]:
    """What people should know before training goes on."""
    trainer = recorder.trainer
    if status == "killed":
        yield f"the run was killed; it goes on from its checkpoint of step {trainer.state.step:,}"
    if trainer.steps != before:
        yield f"the schedule is computed again for {counted(trainer.steps, 'step')} instead of {before:,}"
    yield from machine.differences(saved.state.get("machine"), recorder.machine)


def _nothing_to_do(recorder: Recorder, status: str) -> Finished:
    """The end of a run that had ended before; its summary is written if the run was killed before that.

    What the file says of a run that was completed is left as it is, and not believed: anybody may have written it.
    """
    state, run = recorder.trainer.state, recorder.run
    done = "its one epoch is done" if state.epoch == 1 else f"all {state.epoch} epochs are done"
    reason = "nothing to do: " + (state.ended or done)
    summary = (recorder.summary if status == "completed" else recorder.summarize)("completed")
    return Finished(run.path, "completed", reason, summary)
