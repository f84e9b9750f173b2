"""Train: teach a network and leave a run directory that tells everything about it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nnfs_cli.build import Parts, Task, build_parts, complete
from nnfs_cli.config import Config, DataSettings, as_json, dump
from nnfs_cli.data.inspection.inspection import inspect
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import DivergedError
from nnfs_cli.nn.costs import multiply_adds
from nnfs_cli.parallel.choose import busy_note, group_of, workers_possible, workers_worth
from nnfs_cli.registry import describe_object
from nnfs_cli.runs import checkpoint, durable
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.runs.directory import RunDirectory, create_for
from nnfs_cli.runs.lock import owned
from nnfs_cli.saved.transfer import differences, take_weights
from nnfs_cli.sessions.rates.lr_find import settled
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.records import Finished, Started, Warned
from nnfs_cli.training.chosen import chosen, first_of
from nnfs_cli.training.imbalance import threshold_note
from nnfs_cli.training.records import EpochDone, StepDone
from nnfs_cli.training.trainer import Trainer

Records = Iterator[Started | StepDone | EpochDone | Warned | Finished]
Asked = Callable[[], bool]
Notes = tuple[str, ...]
UNLOCKED = contextlib.nullcontext()
DATA = "data.json"
"""What there was to learn from, in the directory of a run."""
COMMON = {field.name for field in dataclasses.fields(DataSettings)}


def never() -> bool:
    """Nobody asks the training to stop."""
    return False


def train(
    config: Config,
    locator: Locator,
    *,
    runs_dir: Path,
    name: str | None = None,
    init_from: Path | None = None,
    should_stop: Asked = never,
) -> Records:
    """Train from the first step.

    Args:
        config: what to train.
        locator: where its data is.
        runs_dir: where the run directory is made.
        name: of the run directory; <configuration>-<number> if left out.
        init_from: a checkpoint whose weights take the place of the random ones, as far as the layers are the same.
        should_stop: asked in every step; the training then saves and ends as "interrupted".

    Raises:
        NnfsError: of the kind that fits; a run directory in which nothing was trained is removed.
    """
    parts = build_parts(config, locator)
    with contextlib.ExitStack() as work, contextlib.ExitStack() as lock:
        run = create_for(work, runs_dir, config.name if name is None else name, numbered=name is None)
        lock.enter_context(owned(run.path))
        recorder, notes = begin(run, parts, init_from)
        work.pop_all()
        return record(recorder, notes, should_stop, lock.pop_all())


def begin(run: RunDirectory, parts: Parts, init_from: Path | None = None) -> tuple[Recorder, Notes]:
    """Read the data, make the weights, and write a first checkpoint.

    The configuration comes first, so that a run that is killed in between can begin anew; but not with other weights.

    Raises:
        NnfsError: of the kind that fits.
    """
    config = parts.config
    if init_from is None:
        found = parts.source.found(parts.locator)
        durable.replace(run.config, dump(with_found(config.resolved(), found)))
    task = complete(parts, drawn=init_from is None)
    taken = () if init_from is None else _take_weights(task, checkpoint.read(init_from))
    task, (workers, notes) = settled(task), workers_of(task)
    trainer = trainer_of(task, workers)
    recorder = Recorder(run, task, trainer, resolved_config(task, workers))
    recorder.open()
    found = inspect(
        task.dataset, thorough=False, balanced=task.recipe.is_balanced, ordered=config.data.split == "ordered"
    )
    durable.replace(run.path / DATA, json.dumps(dataclasses.asdict(found), indent=2) + "\n")
    undecided = threshold_note(config.training, trainer.validation, task.dataset.spec.classes)
    return recorder, (*config.warnings(), *task.dataset.notes, *found.warnings, *taken, *notes, *undecided)


def _take_weights(task: Task, saved: Checkpoint) -> Notes:
    """Begin with the weights of a checkpoint; what people should know of them.

    Raises:
        CheckpointError: they are those of another network.
    """
    return (*take_weights(task.recipe.network, saved), *differences(saved, task.dataset.preparation))


def record(
    recorder: Recorder,
    notes: Notes,
    should_stop: Asked,
    lock: AbstractContextManager = UNLOCKED,
) -> Records:
    """Let the trainer work and write down what it does, until it has ended in one way or another.

    Args:
        lock: of the run, which is left in the end.

    Raises:
        MachineError: after the last record, if everything is saved and only the summary cannot be written.
        NnfsError: of the kind that fits; the last checkpoint stays.
    """
    trainer = recorder.trainer
    with lock:
        yield _started(recorder, notes)
        try:
            for done in trainer.run(should_stop):
                match done:
                    case StepDone():
                        recorder.step(done)
                    case EpochDone():
                        recorder.epoch(done)
                yield done
                yield from map(Warned, recorder.warnings())
            status = "completed" if trainer.finished else "interrupted"
            summary, failure = recorder.close(status)
        except DivergedError as error:
            recorder.fail("diverged", str(error))
            raise
        except GeneratorExit:
            recorder.fail("interrupted", "stopped without saving")
            raise
        except BaseException as error:
            recorder.fail("failed", f"{type(error).__name__}: {error}")
            raise
    yield from map(Warned, recorder.warnings())
    yield Finished(recorder.run.path, status, trainer.state.ended, summary)
    if failure is not None:
        raise failure


def _started(recorder: Recorder, notes: Notes) -> Started:
    trainer, state = recorder.trainer, recorder.trainer.state
    left = state.position + trainer.steps - state.step
    return Started(
        recorder.run.path,
        trainer.network,
        len(trainer.train),
        state.epoch + -(-left // trainer.steps_per_epoch),
        state.step,
        trainer.steps,
        trainer.group.size,
        first_of(trainer.metrics, trainer.training),
        recorder.task.dataset.files,
        notes,
        trainer.steps_per_epoch,
        state.position,
        recorder.task.dataset.spec.report,
        recorder.task.found_rate,
    )


def trainer_of(task: Task, workers: int) -> Trainer:
    """A trainer for a task, with so many processes."""
    recipe, splits, preparation = task.recipe, task.dataset.splits, task.dataset.preparation
    train = recipe.to_learn(splits["train"], preparation)
    validation = recipe.to_measure(splits["validation"], preparation) if "validation" in splits else None
    metrics = chosen(recipe.training, preparation, validated=validation is not None)
    return Trainer(recipe, metrics, train, validation, group_of(workers))


def workers_of(task: Task) -> tuple[int, Notes]:
    """How many processes train a task, and what people should know about that."""
    training = task.recipe.training
    examples = min(training.batch_size, len(task.dataset.splits["train"]))
    wanted = training.workers
    worth = workers_worth(wanted, examples * sum(multiply_adds(task.recipe.network)))
    possible = workers_possible(worth)
    if possible < worth:
        return possible, (f"this system has no fork, which workers need: 1 worker instead of {worth}",)
    return possible, (*filter(None, [busy_note(wanted, possible)]),)


def resolved_config(task: Task, workers: int) -> dict[str, Any]:
    """The configuration that repeats a run: defaults, the data that was really used and the number of workers."""
    resolved = task.config.resolved()
    source = as_json(describe_object(task.dataset.source))
    if source["type"] != resolved["dataset"]["type"]:
        settings = {key: value for key, value in resolved["dataset"].items() if key in COMMON}
        resolved["dataset"] = {**source, **settings, "fallback": None}
    resolved = with_found(resolved, task.dataset.found)
    resolved["model"]["layers"] = [as_json(describe_object(layer)) for layer in task.recipe.network.layers]
    resolved["scheduler"] = as_json(describe_object(task.recipe.scheduler))
    resolved["training"]["workers"] = workers
    return resolved


def with_found(resolved: dict[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """A resolved configuration that says where its relative paths led."""
    dataset = {key: value for key, value in resolved["dataset"].items() if key != "found"}
    return {**resolved, "dataset": {**dataset, **({"found": dict(found)} if found else {})}}
