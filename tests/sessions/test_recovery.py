"""Recovery: a damaged checkpoint costs some steps, never the run, and what became of a run can be read."""

from __future__ import annotations

import json

import pytest

from nnfs_cli.errors import CheckpointError, MachineError
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.runs.lock import owned
from nnfs_cli.sessions.records import Started
from nnfs_cli.sessions.recovery import ended_as, newest_whole
from nnfs_cli.sessions.resume import resume
from tests.sessions.trainings import go_on, remains, start


@pytest.fixture
def run(locator):
    """Stopped in step 7 of 18, saved in steps 6 and 7."""
    return RunDirectory(start(locator, stop=7).run)


def damage(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def warnings_of(records):
    return next(record for record in records if isinstance(record, Started)).notes


def test_the_last_two_checkpoints_are_kept(run):
    steps = [checkpoint.read(path).state["training"]["step"] for path in (run.last, run.previous)]
    assert steps == [7, 6]


@pytest.mark.parametrize("break_it", [damage, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_broken_last_checkpoint_is_told_and_training_goes_on_from_the_one_before(locator, run, break_it):
    whole = start(locator, name="whole")
    break_it(run.last)
    (warning,) = warnings_of(list(resume(run.path, (), locator)))
    assert warning.startswith(f"{run.last}: ")
    assert checkpoint.FIX not in warning
    assert warning.endswith("Going back from step 7 to step 6 (previous.safetensors).")
    assert remains(run.path) == remains(whole.run)


def test_a_fallback_keeps_the_checkpoint_it_falls_back_to(locator, run):
    damage(run.last)
    go_on(locator, run.path, stop=1)
    assert checkpoint.read(run.previous).state["training"]["step"] == 6


def test_a_file_that_is_named_is_never_replaced_by_another(locator, run):
    damage(run.last)
    with pytest.raises(CheckpointError, match="is damaged"):
        resume(run.last, (), locator)


def test_two_broken_checkpoints_are_the_end(run):
    damage(run.last)
    damage(run.previous)
    with pytest.raises(CheckpointError, match=r"last\.safetensors: is damaged"):
        newest_whole(run)


def test_steps_that_nobody_knows_are_called_so(run):
    damage(run.last)
    run.steps.unlink()
    assert "from an unknown step to step 6" in newest_whole(run)[1][0]


@pytest.mark.parametrize("status", ["completed", "interrupted", "diverged", "failed"])
def test_a_status_that_was_written_stands(tmp_path, status):
    (tmp_path / "summary.json").write_text(json.dumps({"status": status}))
    assert ended_as(tmp_path) == status


def test_running_without_an_owner_means_killed(tmp_path):
    (tmp_path / "summary.json").write_text('{"status": "running"}')
    with owned(tmp_path):
        assert ended_as(tmp_path) == "running"
    assert ended_as(tmp_path) == "killed"


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "nonsense"])
def test_no_summary_tells_nothing(tmp_path, text):
    if text is not None:
        (tmp_path / "summary.json").write_text(text)
    assert ended_as(tmp_path) == "unknown"


def test_a_killed_run_is_told_of(locator, run):
    summary = json.loads(run.summary.read_text())
    run.summary.write_text(json.dumps({**summary, "status": "running"}))
    assert "the run was killed; it goes on from its checkpoint of step 7" in warnings_of(resume(run.path, (), locator))


def test_a_run_in_use_is_left_alone(locator, run):
    with owned(run.path), pytest.raises(MachineError, match=r"is in use by process \d+ since"):
        resume(run.path, (), locator)


def test_an_older_checkpoint_that_is_named_leaves_nothing_newer_behind(locator, run):
    first = run.path / "checkpoints" / "step-6.safetensors"
    first.write_bytes(run.previous.read_bytes())
    records = resume(first, (), locator)
    assert not run.previous.exists()
    records.close()


def test_another_machine_is_told_of(locator, run):
    saved = checkpoint.read(run.last)
    machine = {**saved.state["machine"], "processor": "an abacus"}
    checkpoint.write(run.last, saved.tensors, {**saved.state, "machine": machine})
    (warning,) = warnings_of(resume(run.path, (), locator))
    assert warning.startswith("the machine has changed, so the last digits may differ: processor an abacus then, ")


def test_what_was_said_of_the_data_stays_said(locator, run):
    saved = checkpoint.read(run.last)
    checkpoint.write(run.last, saved.tensors, {**saved.state, "notes": ["mnist is not here: digits instead"]})
    go_on(locator, run.path)
    assert run.config.read_text().startswith("# mnist is not here: digits instead\n")
    assert json.loads(run.summary.read_text())["data"]["notes"] == ["mnist is not here: digits instead"]
