"""Resume: every kind of training, interrupted in every way, equals byte for byte one that never was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.registry import OPTIMIZERS, SCHEDULERS
from nnfs_cli.runs import machine
from nnfs_cli.sessions.records import Started
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from nnfs_cli.training.records import EpochDone, StepDone
from tests.resilience.forks import forked, needs_fork, wait
from tests.resilience.matrix import CASES, INTERRUPTIONS, KINDS, PAIRS, Interruption, images
from tests.sessions.trainings import configured, flowers, go_on, lines, remains, start

pytestmark = needs_fork


@pytest.fixture(scope="module")
def locator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locator]:
    """A data directory with flowers and with pictures; a run asks git for nothing."""
    folder = tmp_path_factory.mktemp("matrix")
    np.savez(folder / "flowers.npz", **flowers())
    np.savez(folder / "images.npz", **images())
    with mock.patch.object(machine, "git_commit", return_value=None):
        yield Locator(folder)


@pytest.fixture(scope="module")
def never_interrupted(locator: Locator) -> Callable[[str, int], dict[str, Any]]:
    """What remains of the training of a kind with so many workers that nobody interrupted."""
    found: dict[tuple[str, int], dict[str, Any]] = {}

    def remains_of(kind: str, workers: int) -> dict[str, Any]:
        if (kind, workers) not in found:
            sections, overrides, _ = KINDS[kind]
            run = start(locator, *overrides, *_common(workers), **sections).run
            found[kind, workers] = remains(run)
        return found[kind, workers]

    return remains_of


def _common(workers: int) -> tuple[str, str]:
    return f"training.workers={workers}", "training.checkpoint_every={steps: 4}"


def until(begin: Callable[..., Any], how: str, step: int) -> None:
    """Train until the process stops or dies in a step, or dies when the epoch that this step ended is measured."""
    reached = 0

    def asked() -> bool:
        return how == "stops" and reached + 1 == step

    for record in begin(should_stop=asked):
        match record:
            case Started():
                reached = record.done
            case StepDone():
                reached = record.step
        if reached == step and (how == "dies" or (how == "dies later" and isinstance(record, EpochDone))):
            os.kill(os.getpid(), signal.SIGKILL)


def interrupt_run(locator: Locator, run: Path, kind: str, workers: int, interruption: Interruption, last: int) -> None:
    """Start a run, or go on with it, up to an interruption."""
    sections, overrides, steps = KINDS[kind]
    step = last + 1 + interruption.step if interruption.step < 0 else interruption.epoch * steps + interruption.step

    def begin(should_stop: Callable[[], bool]) -> Any:
        if run.exists():
            return resume(run, (), locator, should_stop=should_stop)
        config = configured(*overrides, *_common(workers), **sections)
        return train(config, locator, runs_dir=run.parent, name=run.name, should_stop=should_stop)

    if interruption.how == "stops":
        until(begin, "stops", step)
    else:
        assert wait(forked(lambda: until(begin, interruption.how, step))) == -signal.SIGKILL


@pytest.mark.parametrize(("kind", "interruption", "workers"), CASES)
def test_the_same_bytes(locator, tmp_path, never_interrupted, kind, interruption, workers):
    whole, run = never_interrupted(kind, workers), tmp_path / "run"
    for one in INTERRUPTIONS[interruption]:
        interrupt_run(locator, run, kind, workers, one, last=whole["place"][0])
    assert go_on(locator, run).status == "completed"
    assert remains(run) == whole
    assert not list(run.rglob("*.tmp"))
    assert lines(run / "steps.csv") == 1 + whole["place"][0]


def test_the_matrix_is_large_enough():
    assert len(set(CASES)) == len(CASES) >= 200


@pytest.mark.parametrize("name", [*OPTIMIZERS, *SCHEDULERS])
def test_every_optimizer_and_scheduler_is_in_the_matrix(name):
    assert any(
        name in (kind.sections["optimizer"]["type"], kind.sections["scheduler"]["type"]) for kind in PAIRS.values()
    )
