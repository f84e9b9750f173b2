"""Evidence: what a run must look like after anything that can happen to it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from nnfs_cli.config import Config
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import CheckpointError
from nnfs_cli.runs import checkpoint, lock
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.train import train
from tests.faults.children import Tell
from tests.sessions.trainings import configured, end_of, go_on, remains, without_timings

Moment = tuple[int, int]
"""The step and the epoch of a checkpoint."""

TINY = configured("training.epochs=2", "training.batch_size=13")
"""Three steps an epoch: checkpoints in the middle of epochs and at their ends, some of them the best so far."""


@dataclass(frozen=True)
class Whole:
    """A training that nothing happened to.

    Attributes:
        saved: the essence of every checkpoint that it wrote.
        remains: what it left.
    """

    saved: dict[Moment, str]
    remains: dict[str, Any]


def train_once(locator: Locator, runs_dir: Path, tell: Tell, config: Config = TINY) -> None:
    """Train a run called "run", and tell of every checkpoint that was reported as saved."""
    with telling(tell):
        end_of(train(config, locator, runs_dir=runs_dir, name="run"))


@contextlib.contextmanager
def telling(tell: Tell) -> Iterator[None]:
    """Tell the moment of a checkpoint once the recorder has saved it."""
    save = Recorder.save

    def save_and_tell(recorder: Recorder, **options: Any) -> None:
        save(recorder, **options)
        progress = recorder.trainer.state
        tell((progress.step, progress.epoch))

    with mock.patch.object(Recorder, "save", save_and_tell):
        yield


def never_stopped(locator: Locator, config: Config = TINY) -> Whole:
    """Train from the first step to the last in peace."""
    run, saved = RunDirectory(locator.data_dir / "whole" / "run"), {}

    def keep(moment: Moment) -> None:
        saved[moment] = essence(checkpoint.read(run.last))

    train_once(locator, run.path.parent, keep, config)
    return Whole(saved, remains(run.path))


def moment_of(saved: Checkpoint) -> Moment:
    """When a checkpoint was written."""
    progress = saved.state["training"]["progress"]
    return progress["step"], progress["epoch"]


def essence(saved: Checkpoint) -> str:
    """A digest of every byte of a checkpoint but the timings, which no two trainings share."""
    digest = hashlib.sha256(json.dumps(_without_timings(saved.state), sort_keys=True).encode())
    for name, array in sorted(saved.tensors.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def _without_timings(state: dict[str, Any]) -> dict[str, Any]:
    training = state["training"]
    progress = {name: value for name, value in training["progress"].items() if "seconds" not in name}
    progress |= {name: progress[name] and without_timings(progress[name]) for name in ("last", "best")}
    return {**state, "training": {**training, "progress": progress}}


def verdict(run: RunDirectory, told: Iterable[Moment], whole: Whole) -> str:
    """What became of the checkpoints of a run.

    Args:
        told: the moments that were reported as saved.

    Returns:
        unreadable, mixed (not what the training wrote at that moment), lost (older than what was reported), or sound.
    """
    found = {}
    for path in filter(Path.exists, (run.best, run.previous, run.last)):
        try:
            saved = checkpoint.read(path)
        except CheckpointError:
            return "unreadable"
        found[path] = moment_of(saved)
        if essence(saved) != whole.saved.get(found[path]):
            return "mixed"
    newest = max(map(tuple, told), default=(-1, -1))
    return "sound" if found.get(run.last, (-1, -1)) >= newest else "lost"


def go_on_to_the_end(locator: Locator, run: RunDirectory, whole: Whole) -> None:
    """A run that has a checkpoint or a configuration ends with the bytes of the training that nothing happened to."""
    assert not lock.in_use(run.path)
    if run.last.exists() or run.config.exists():
        go_on(locator, run.path)
        assert remains(run.path) == whole.remains, "not the bytes of the training that nothing happened to"
    else:
        with pytest.raises(CheckpointError):
            go_on(locator, run.path)


def temporary_files(folder: Path) -> list[Path]:
    """What should not be left where a program lived on."""
    return list(folder.rglob("*.tmp"))
