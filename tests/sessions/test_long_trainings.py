"""Long trainings: an epoch costs as much after a million others as after none. NNFS_EFFORT=200 makes the million."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nnfs_cli import plots
from nnfs_cli.build import build
from nnfs_cli.runs.directory import RunDirectory, create
from nnfs_cli.runs.tables import blocks, last_value
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.train import resolved_config, trainer_of
from nnfs_cli.training.records import EpochDone, StepDone
from tests.effort import EFFORT
from tests.peak import peak_of
from tests.sessions.trainings import configured, go_on, lines

EPOCHS, PER_EPOCH = 5_000 * EFFORT, 2 if EFFORT == 1 else 10
STEPS = EPOCHS * PER_EPOCH
SAVES = 20
MOST_MEMORY = 12 << 20
"""Bytes: a block of rows and the stretches that a picture is drawn from."""


@pytest.fixture
def recorder(locator) -> Recorder:
    task = build(configured(f"training.epochs={EPOCHS}", f"training.checkpoint_every={EPOCHS // SAVES}"), locator)
    recorder = Recorder(create(locator.data_dir / "runs", "long"), task, trainer_of(task, 1), resolved_config(task, 1))
    recorder.open()
    return recorder


def pretend(recorder: Recorder) -> Iterator[int]:
    """Record all epochs of a training without training; hand out the size of each checkpoint."""
    progress, rest = recorder.trainer.state, {"lr": 0.1, "momentum": 0.9}
    for epoch in range(1, EPOCHS + 1):
        for _ in range(PER_EPOCH):
            progress.add([8.0, 4.0], 8, 0.001)
            recorder.step(StepDone(progress.step, epoch, 1 / progress.step, **rest, examples=8))
        progress.end_epoch()
        loss = 1.0 if epoch == EPOCHS // 2 else 2.0 + epoch % 7
        row = {"epoch": epoch, "step": progress.step, **rest, "seconds": 0.006, "samples_per_second": 8000.0}
        for split in ("train", "val"):
            row |= {f"{split}_loss": loss, f"{split}_accuracy": 0.5}
        recorder.epoch(EpochDone(row, progress.judge(row, "val_loss", None)))
        if epoch % (EPOCHS // SAVES) == 0:
            yield recorder.run.last.stat().st_size


def drawn(run: RunDirectory) -> None:
    plots.curves(blocks(run.metrics), blocks(run.steps), "long")


def test_a_training_of_any_length(recorder, locator, monkeypatch):
    monkeypatch.setattr("nnfs_cli.plots.style.png", lambda figure: b"")
    monkeypatch.setattr("nnfs_cli.plots.series.STRETCHES", 5000)
    monkeypatch.setattr("nnfs_cli.runs.tables.BLOCK_ROWS", 2000)
    plots.curves([], [], "all that is imported for the first picture")
    run, sizes = recorder.run, list(pretend(recorder))
    assert len(sizes) == SAVES
    assert max(sizes) - min(sizes) < 100
    assert (lines(run.metrics), lines(run.steps)) == (1 + EPOCHS, 1 + STEPS)
    assert last_value(run.steps, "step") == STEPS
    assert peak_of(lambda: drawn(run)) < MOST_MEMORY
    summary, _ = recorder.close("completed")
    assert (summary["best"]["epoch"], summary["last"]["epoch"]) == (EPOCHS // 2, EPOCHS)
    assert peak_of(lambda: recorder.reopen(run.last)) < MOST_MEMORY
    assert go_on(locator, run.path, f"training.epochs={EPOCHS + 1}").status == "completed"
    assert (lines(run.metrics), lines(run.steps)) == (2 + EPOCHS, 1 + STEPS + 5)
