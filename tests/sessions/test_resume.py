"""Resume: the same bytes as a training that was never interrupted, wherever that happened."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import MachineError
from nnfs_cli.runs import checkpoint, durable
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from tests.sessions.trainings import (
    EARLY,
    KINDS,
    configured,
    go_on,
    lines,
    remains,
    start,
)


@pytest.mark.parametrize("stop", [1, 4, 5, 6, 10, 14, 15])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_wherever_it_stops(locator, never_stopped, kind, stop):
    run = start(locator, stop=stop, **KINDS[kind]).run
    assert go_on(locator, run).status == "completed"
    assert remains(run) == never_stopped(locator, kind, 1)


@pytest.mark.parametrize("stop", [3, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_with_two_workers(locator, never_stopped, kind, stop):
    run = start(locator, "training.workers=2", stop=stop, **KINDS[kind]).run
    go_on(locator, run)
    assert remains(run) == never_stopped(locator, kind, 2)


@pytest.mark.parametrize("stops", [(1, 1), (4, 1), (5, 5), (6, 8)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_after_two_stops(locator, never_stopped, kind, stops):
    run = start(locator, stop=stops[0], **KINDS[kind]).run
    assert go_on(locator, run, stop=stops[1]).status == "interrupted"
    go_on(locator, run)
    assert remains(run) == never_stopped(locator, kind, 1)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [2, 4, 6])
def test_the_same_metrics(locator, stop, workers):
    names = "accuracy, average_precision, balanced_accuracy, log_loss, macro_f1, matthews, roc_auc"
    chosen = (f"training.metrics=[{names}]", "training.monitor=val_roc_auc", "dataset.validation=0.3")
    whole = start(locator, *chosen, f"training.workers={workers}")
    run = start(locator, *chosen, f"training.workers={workers}", stop=stop).run
    assert go_on(locator, run).status == "completed"
    assert remains(run) == remains(whole.run)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stop", [5, 7, 12])
def test_the_same_patience(locator, stop, workers):
    overrides = [EARLY, "training.epochs=20", f"training.workers={workers}"]
    whole = start(locator, *overrides)
    run = start(locator, *overrides, stop=stop).run
    assert whole.reason == go_on(locator, run).reason == "val_loss has not improved by more than 0.3 for 2 epochs"
    assert remains(run) == remains(whole.run)


def abandoned(locator: Locator, steps: int, *overrides: str) -> RunDirectory:
    """A run whose process was killed in step `steps`, long after its last checkpoint."""
    records = train(configured(*overrides), locator, runs_dir=locator.data_dir / "runs")
    for record in records:
        if getattr(record, "step", 0) == steps:
            run = RunDirectory(next((locator.data_dir / "runs").iterdir()))
            shutil.copytree(run.path, locator.data_dir / "copy")
            records.close()
            return RunDirectory(locator.data_dir / "copy")
    raise AssertionError("the training was over before")


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 6, 7, 11, 15])
def test_the_same_bytes_after_a_kill(locator, never_stopped, steps):
    run = abandoned(locator, steps).path
    go_on(locator, run)
    assert remains(run) == never_stopped(locator, "momentum", 1)


@pytest.mark.parametrize("written", range(1, 40, 2))
def test_the_same_bytes_after_a_kill_between_any_two_files(locator, never_stopped, monkeypatch, written):
    """The disk refuses after so many files, and everything after."""
    left = written
    replace, append = durable.replace, durable.append

    def count(write):
        def counted(path, data):
            nonlocal left
            left -= 1
            if left < 0:
                raise MachineError(f"{path}: cannot be written")
            write(path, data)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(durable, "replace", count(replace))
        patch.setattr(durable, "append", count(append))
        with contextlib.suppress(MachineError):
            start(locator, name="run")
    run = locator.data_dir / "runs" / "run"
    if not run.exists():
        assert written <= 5, "only a run in which nothing was trained is removed"
        return
    go_on(locator, run)
    assert remains(run) == never_stopped(locator, "momentum", 1)


def test_going_on_from_the_best_forgets_what_came_after(locator, never_stopped):
    run = RunDirectory(start(locator).run)
    best = checkpoint.read(run.best).state["training"]["step"]
    assert best < 15
    records = resume(run.best, (), locator)
    assert next(records).done == best
    records.close()
    assert checkpoint.read(run.last).state["training"]["step"] == best
    assert lines(run.steps) == 1 + best
    go_on(locator, run.path)
    assert remains(run.path) == never_stopped(locator, "momentum", 1)


def test_a_kill_right_after_the_last_step_that_is_allowed_was_saved(locator):
    copy = locator.data_dir / "copy"
    for record in train(configured("training.max_steps=4"), locator, runs_dir=locator.data_dir / "runs"):
        if getattr(record, "step", None) == 4 and not copy.exists():
            (run,) = (locator.data_dir / "runs").iterdir()
            shutil.copytree(run, copy)
    go_on(locator, copy)
    assert remains(copy) == remains(run)
