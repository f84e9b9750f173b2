"""Resume with other options, other data, or a checkpoint that is not sound."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from nnfs_cli.errors import CheckpointError, ConfigError, DataError
from nnfs_cli.nn.schedulers.one_cycle import OneCycle
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.records import Started
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from tests.sessions.trainings import (
    EARLY,
    KINDS,
    configured,
    epochs_of,
    flowers,
    go_on,
    lines,
    remains,
    start,
    steps_of,
)


def test_a_longer_training_lays_its_schedule_out_anew(locator):
    one_cycle = KINDS["adam and one cycle"]
    run = start(locator, **one_cycle).run
    records = list(resume(run, ["training.epochs=5"], locator))
    assert isinstance(records[0], Started)
    assert records[0].notes == ("the schedule is computed again for 25 steps instead of 15",)
    assert (records[0].done, records[0].steps) == (15, 25)
    assert [step.step for step in steps_of(records)] == list(range(16, 26))
    whole = steps_of(train(configured("training.epochs=5", **one_cycle), locator, runs_dir=locator.data_dir / "runs"))
    assert [step.lr for step in steps_of(records)] == [step.lr for step in whole[15:]]
    assert lines(RunDirectory(run).metrics) == 1 + 5


def test_a_longer_training_continues_one_that_stopped_early(locator):
    finished = start(locator, EARLY, "training.epochs=20")
    assert finished.reason is not None
    records = list(resume(finished.run, ["training.epochs=30"], locator))
    assert len(epochs_of(records)) == 2, "all its patience again"


def test_more_steps_begin_a_new_epoch(locator):
    """The epoch that was cut short is not gone back to: three epochs have 12 steps now, and so has the schedule."""
    one_cycle = KINDS["adam and one cycle"]
    run = start(locator, "training.max_steps=7", **one_cycle).run
    records = list(resume(run, ["training.max_steps=14"], locator))
    assert records[0].notes == ("the schedule is computed again for 12 steps instead of 7",)
    plan = OneCycle(0.05).plan(12, 5)["lr"]
    assert [step.lr for step in steps_of(records)] == [plan.value(step) for step in range(7, 12)]
    assert [(step.step, step.epoch) for step in steps_of(records)] == [(step, 3) for step in range(8, 13)]
    assert [epoch.row["epoch"] for epoch in epochs_of(records)] == [3]
    assert sum(step.examples for step in steps_of(records)) == 38


def test_the_epochs_that_are_left_are_counted_from_where_it_goes_on(locator):
    """Epoch 2 was cut after one of its five steps, so that three more follow."""
    run = start(locator, "training.max_steps=6", "training.epochs=5").run
    first, *records = resume(run, ["training.max_steps=20"], locator)
    assert (first.epochs, first.position, first.done, first.steps) == (5, 0, 6, 20)
    assert [epoch.row["epoch"] for epoch in epochs_of(records)] == [3, 4, 5]
    half = start(locator, "training.epochs=5", stop=8).run
    first, *_ = resume(half, [], locator)
    assert (first.epochs, first.position, first.done, first.steps) == (5, 3, 8, 25)


def test_early_stopping_by_another_figure_begins_anew(locator):
    """The training loss is far below any that the validation split can have, so that it would end at once."""
    rule = "training.early_stopping={monitor: %s, patience: 2, min_delta: 0}"
    run = start(locator, rule % "train_accuracy", "training.epochs=4", "training.metrics=[accuracy]").run
    longer = ("training.epochs=12", "training.early_stopping.monitor=val_loss")
    epochs = epochs_of(resume(run, longer, locator))
    state = checkpoint.read(RunDirectory(run).last).state["training"]["progress"]
    assert state["lowest"] == pytest.approx(min(epoch.row["val_loss"] for epoch in epochs), rel=1e-12)
    assert len(epochs) > 3


@pytest.mark.parametrize("other", ["training.early_stopping.patience=9", "training.early_stopping.min_delta=0.1"])
def test_early_stopping_by_the_same_figure_remembers_it(locator, other):
    run = start(locator, "training.early_stopping={patience: 8}", stop=12).run
    before = checkpoint.read(RunDirectory(run).last).state["training"]["progress"]
    go_on(locator, run, other, stop=1)
    after = checkpoint.read(RunDirectory(run).last).state["training"]["progress"]
    assert (after["lowest"], after["waited"]) == (before["lowest"], before["waited"])


def test_early_stopping_by_a_figure_that_is_not_measured_is_refused(locator):
    run = start(locator, "training.metrics=[accuracy]").run
    stopping = "training.early_stopping={monitor: val_log_loss, patience: 3}"
    with pytest.raises(ConfigError, match=r"log_loss was not measured .* whose tables have loss, accuracy\. Choose"):
        go_on(locator, run, stopping, "training.epochs=9")
    assert go_on(locator, run, stopping.replace("log_loss", "accuracy"), "training.epochs=9").status == "completed"


def test_early_stopping_that_alone_asked_for_a_figure_stays(locator):
    run = start(locator, "training.early_stopping={monitor: val_log_loss, patience: 3}").run
    with pytest.raises(ConfigError, match=r"early_stopping: log_loss is measured for it alone, .*_stopping\.patience"):
        go_on(locator, run, "training.early_stopping=null", "training.epochs=9")
    assert go_on(locator, run, "training.early_stopping.patience=99", "training.epochs=9").status == "completed"


@pytest.mark.parametrize("change", ["training.epochs=9", "training.max_steps=3", "training.max_steps=7"])
def test_steps_that_are_made_are_enough(locator, change):
    run = start(locator, "training.max_steps=7").run
    finished = go_on(locator, run, change)
    assert finished.reason == "nothing to do: max_steps"


def test_stopped_in_the_last_step_that_is_allowed(locator):
    finished = start(locator, "training.max_steps=7", stop=7)
    assert (finished.status, finished.reason) == ("completed", "max_steps")
    assert lines(RunDirectory(finished.run).metrics) == 1 + 2


def test_a_finished_run_has_nothing_to_do(locator):
    run = start(locator).run
    before = remains(run)
    finished = go_on(locator, run)
    assert (finished.status, finished.reason) == ("completed", "nothing to do: all 3 epochs are done")
    assert remains(run) == before


def test_a_run_that_stopped_early_has_nothing_to_do(locator):
    run = start(locator, EARLY, "training.epochs=20").run
    again = go_on(locator, run, "description=other words", "training.checkpoint_every=4")
    assert again.reason == "nothing to do: val_loss has not improved by more than 0.3 for 2 epochs"


def test_the_cadence_of_saving_may_change(locator, never_stopped):
    run = start(locator, stop=3).run
    go_on(locator, run, "training.checkpoint_every=1", "description=other words")
    assert remains(run) == never_stopped(locator, "momentum", 1)


def test_keys_that_may_not_change_are_listed(locator):
    run = start(locator, stop=3).run
    changes = ["optimizer.lr=0.2", "training.batch_size=4", "model.layers.0.units=9", "training.epochs=9"]
    with pytest.raises(ConfigError) as refused:
        go_on(locator, run, *changes)
    assert refused.value.problems == (
        "--set model.layers[0].units=…: cannot change in a resumed training.",
        "--set optimizer.lr=…: cannot change in a resumed training.",
        "--set training.batch_size=…: cannot change in a resumed training.",
        "Only training.checkpoint_every, training.epochs, training.max_steps, training.early_stopping can change. "
        f"To train these weights in another way, start a new run with --init-from {run}/checkpoints/last.safetensors.",
    )


def test_the_same_value_is_no_change(locator, never_stopped):
    run = start(locator, stop=3).run
    go_on(locator, run, "optimizer.lr=0.1", "training.batch_size=8")
    assert remains(run) == never_stopped(locator, "momentum", 1)


def test_a_mistake_in_an_option_is_the_options(locator):
    run = start(locator, stop=3).run
    with pytest.raises(ConfigError, match=r"optimizer\.learning_rate"):
        go_on(locator, run, "optimizer.learning_rate=1")


def test_other_data_is_refused(locator):
    run = start(locator, stop=3).run
    np.savez(locator.data_dir / "flowers.npz", **flowers(seed=1))
    with pytest.raises(DataError, match=r"npz: train is not the data that this run was trained on: other examples, or"):
        go_on(locator, run)


def test_more_of_the_data_is_refused_with_how_much_there_was(locator):
    run = start(locator, stop=3).run
    np.savez(locator.data_dir / "flowers.npz", **flowers(60))
    with pytest.raises(DataError, match=r"train is not the data .*: 54 examples now, 38 then\. Put the old files back"):
        go_on(locator, run)


def test_another_validation_file_is_refused(locator):
    np.savez(locator.data_dir / "held.npz", **flowers(9, seed=1))
    run = start(locator, "dataset.validation=held.npz", stop=3).run
    np.savez(locator.data_dir / "held.npz", **flowers(9, seed=2))
    with pytest.raises(DataError, match=r"held\.npz: validation is not the data that this run was trained on: other"):
        go_on(locator, run)


def test_a_test_file_may_change_for_nothing_was_learned_from_it(locator):
    np.savez(locator.data_dir / "test.npz", **flowers(9, seed=1))
    whole = start(locator, "dataset.test=test.npz")
    run = start(locator, "dataset.test=test.npz", stop=3).run
    np.savez(locator.data_dir / "test.npz", **flowers(12, seed=2))
    assert go_on(locator, run).status == "completed"
    assert remains(run) == remains(whole.run)


@pytest.mark.parametrize("digests", [None, [], {}, {"train": "x"}, {"train": {"examples": 38}}])
def test_digests_that_are_not_sound_fit_no_data(locator, digests):
    run = RunDirectory(start(locator, stop=3).run)
    saved = checkpoint.read(run.last)
    checkpoint.write(run.last, saved.tensors, {**saved.state, "digests": digests})
    with pytest.raises(DataError, match="train is not the data that this run was trained on"):
        go_on(locator, run.path)


def test_a_checkpoint_outside_a_run(locator):
    run = RunDirectory(start(locator, stop=3).run)
    alone = shutil.copy(run.last, locator.data_dir / "alone.safetensors")
    with pytest.raises(CheckpointError, match=r"alone\.safetensors: is not in a run directory"):
        go_on(locator, locator.data_dir / "alone.safetensors")
    assert alone.exists()


def test_damaged_checkpoints_change_nothing(locator):
    run = RunDirectory(start(locator, stop=3).run)
    for path in (run.last, run.previous):
        path.write_bytes(path.read_bytes()[:-1])
    tables = run.steps.read_bytes(), run.summary.read_bytes()
    with pytest.raises(CheckpointError):
        go_on(locator, run.path)
    assert (run.steps.read_bytes(), run.summary.read_bytes()) == tables


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("config", None, "was not made by nnfs train"),
        ("config", {"loss": {"type": "os.system"}}, "its configuration is not valid"),
        ("config", [], "was not made by nnfs train"),
        ("training", None, "holds no training that can be resumed"),
        ("training", {"progress": {"unknown_key": 1}}, "holds no training that can be resumed"),
        ("training", {"progress": {}}, "holds no training that can be resumed"),
    ],
)
def test_states_that_are_not_sound(locator, key, value, words):
    run = RunDirectory(start(locator, stop=3).run)
    saved = checkpoint.read(run.last)
    checkpoint.write(run.last, saved.tensors, {**saved.state, key: value})
    with pytest.raises(CheckpointError, match=words):
        go_on(locator, run.path)


def test_the_memory_of_another_optimizer(locator):
    run = RunDirectory(start(locator, stop=3).run)
    saved = checkpoint.read(run.last)
    tensors = {name.replace("velocity", "m"): array for name, array in saved.tensors.items()}
    checkpoint.write(run.last, tensors, saved.state)
    with pytest.raises(CheckpointError, match=r"missing +optimizer\.velocity\.model\.0\.weight"):
        go_on(locator, run.path)


def test_the_summary_tells_how_a_run_ended(locator):
    run = RunDirectory(start(locator, stop=3).run)
    assert json.loads(run.summary.read_text())["status"] == "interrupted"
    go_on(locator, run.path)
    summary = json.loads(run.summary.read_text())
    assert (summary["status"], summary["epochs"], summary["steps"]) == ("completed", 3, 15)


@pytest.mark.parametrize(("name", "value"), [("epoch", 2), ("epoch", 0), ("position", 6)])
def test_counts_that_no_training_has_together_are_refused(locator, name, value):
    """Stopped after 8 steps, it has made one epoch of 5 and 3 steps of the next."""
    run = RunDirectory(start(locator, stop=8).run)
    saved = checkpoint.read(run.last)
    progress = saved.state["training"]["progress"]
    assert (progress["epoch"], progress["position"]) == (1, 3)
    progress[name] = value
    checkpoint.write(run.last, saved.tensors, saved.state)
    with pytest.raises(CheckpointError, match=r"holds no training that can be resumed: its counts do not fit together"):
        go_on(locator, run.path)
