"""Begin anew: a run that was killed before its first checkpoint is trained from its first step when it is resumed."""

from __future__ import annotations

import shutil

import pytest

from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.runs import durable
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.records import Started
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from tests.sessions.trainings import configured, end_of, go_on, remains, start


class Killed(BaseException):
    """The program is gone."""


def killed(locator, monkeypatch, **options) -> RunDirectory:
    """A run whose program was killed right before its first checkpoint, so that nothing took it away."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "save", die)
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(Killed):
            train(configured(), locator, runs_dir=locator.data_dir / "runs", **options)
    return RunDirectory(locator.data_dir / "runs" / "tiny-1")


def test_it_ends_as_if_nothing_had_happened(locator, monkeypatch):
    run, whole = killed(locator, monkeypatch), start(locator, name="whole")
    assert not run.last.exists()
    records = resume(run.path, (), locator)
    first = next(records)
    assert isinstance(first, Started)
    assert first.done == 0
    assert first.notes[0] == "the run was killed before its first checkpoint; it starts again from its first step"
    assert end_of(records).status == "completed"
    assert remains(run.path) == remains(whole.run)


def test_its_length_may_change_as_in_any_resumed_run(locator, monkeypatch):
    run = killed(locator, monkeypatch)
    with pytest.raises(ConfigError, match=r"--set optimizer\.lr=…: cannot change in a resumed training"):
        resume(run.path, ["optimizer.lr=0.5"], locator)
    assert go_on(locator, run.path, "training.epochs=1").summary["epochs"] == 1


def test_without_a_configuration_it_says_how_to_begin_anew(locator, monkeypatch):
    run = killed(locator, monkeypatch)
    run.config.unlink()
    with pytest.raises(CheckpointError) as refused:
        resume(run.path, (), locator)
    expected = f"{run.path}: was killed before it had begun. Remove it. Train again: nnfs train CONFIG."
    assert str(refused.value) == expected


def test_weights_of_another_run_are_never_replaced_by_random_ones(locator, monkeypatch):
    first = RunDirectory(start(locator, name="first").run)
    run = killed(locator, monkeypatch, init_from=first.last)
    assert not run.config.exists()
    with pytest.raises(CheckpointError, match="was killed before it had begun"):
        resume(run.path, (), locator)


def test_a_run_that_was_trained_does_not_begin_anew(locator):
    run = RunDirectory(start(locator, stop=7).run)
    rows = run.steps.read_bytes()
    for path in (run.last, run.previous):
        durable.remove(path)
    with pytest.raises(CheckpointError) as refused:
        resume(run.path, (), locator)
    again = f"Train again: nnfs train {run.config}."
    assert str(refused.value) == f"{run.path}: was trained, but its checkpoints were removed. {again}"
    assert run.steps.read_bytes() == rows
