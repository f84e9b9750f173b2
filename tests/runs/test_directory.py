"""RunDirectory: numbers and names that are never shared, and the ways to find a run again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nnfs_cli.errors import CheckpointError, ConfigError, MachineError
from nnfs_cli.runs.directory import RunDirectory, create, find, find_checkpoint, run_of


def test_numbers_go_on_from_the_largest(tmp_path):
    for taken in ("iris-1", "iris-7", "iris-x", "iris-deep-9", "other-20"):
        (tmp_path / taken).mkdir()
    assert [create(tmp_path, "iris").path.name for _ in range(3)] == ["iris-8", "iris-9", "iris-10"]


def test_a_name_with_signs_is_taken_as_it_is(tmp_path):
    (tmp_path / "a.b-3").mkdir()
    (tmp_path / "aXb-5").mkdir()
    assert create(tmp_path, "a.b").path.name == "a.b-4"


def test_many_at_once_get_directories_of_their_own(tmp_path):
    together = threading.Barrier(16)

    def create_together(_) -> Path:
        together.wait()
        return create(tmp_path / "runs", "iris").path

    with ThreadPoolExecutor(16) as pool:
        paths = list(pool.map(create_together, range(16)))
    assert sorted(path.name for path in paths) == sorted(f"iris-{number}" for number in range(1, 17))
    assert all((path / "checkpoints").is_dir() for path in paths)


def test_a_name_given_by_hand_has_no_number(tmp_path):
    assert create(tmp_path, "wide net ü", numbered=False).path == tmp_path / "wide net ü"


def test_a_taken_name_is_refused(tmp_path):
    create(tmp_path, "wide", numbered=False)
    with pytest.raises(ConfigError) as refused:
        create(tmp_path, "wide", numbered=False)
    assert str(refused.value) == (
        f"--name wide: {tmp_path / 'wide'} exists. Choose another name, or go on with --resume wide."
    )


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/tmp", "../up", "a/"])
def test_a_name_is_no_path(tmp_path, name):
    with pytest.raises(ConfigError, match="expected a plain name without slashes"):
        create(tmp_path / "runs", name, numbered=False)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "tab\t", "\u202eback", "no\u200bspace", "\x7f", "\udcff", "\x85"])
def test_a_name_can_be_shown(tmp_path, name):
    with pytest.raises(ConfigError) as refused:
        create(tmp_path / "runs", name, numbered=False)
    said = str(refused.value)
    assert said == f"--name {ascii(name)[1:-1]}: expected a name that can be shown, without control characters."
    assert not (tmp_path / "runs").exists()


def test_the_name_of_a_configuration_becomes_one_that_can_be_shown(tmp_path):
    assert create(tmp_path, "a\x1b[2J\nb ü").path.name == "a_[2J_b ü-1"
    assert create(tmp_path, "a\x1b[2J\nb ü").path.name == "a_[2J_b ü-2"


def test_what_is_not_found_is_shown_without_what_a_terminal_obeys(tmp_path):
    (tmp_path / "a\x1b-1/checkpoints").mkdir(parents=True)
    with pytest.raises(CheckpointError) as refused:
        find("a\n-1", tmp_path)
    assert str(refused.value) == "a\\n-1: no such run or checkpoint. Did you mean 'a\\x1b-1'?"


def test_a_name_too_long_for_the_disk(tmp_path):
    with pytest.raises(MachineError, match="File name too long"):
        create(tmp_path, "x" * 300)


def test_runs_directory_that_is_a_file(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(MachineError, match="runs/iris: cannot be written"):
        create(tmp_path / "runs", "iris")


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    run = create(tmp_path / "runs", "iris")
    run.config.write_text("seed: 0\n")
    run.last.write_bytes(b"last")
    run.best.write_bytes(b"best")
    return run


def test_names_of_files(run):
    names = {"config.yaml", "metrics.csv", "steps.csv", "summary.json", "curves.png"}
    assert {path.name for path in (run.config, run.metrics, run.steps, run.summary, run.curves)} == names
    assert run.last == run.path / "checkpoints" / "last.safetensors"
    assert run.best == run.path / "checkpoints" / "best.safetensors"


def test_find_takes_paths_and_names(run):
    runs = run.path.parent
    assert find(str(run.path), runs) == run.path
    assert find("iris-1", runs) == run.path
    assert find(str(run.best), Path("elsewhere")) == run.best
    assert find("iris-1/checkpoints/last.safetensors", runs) == run.last


def test_find_suggests_a_name(run):
    with pytest.raises(CheckpointError) as refused:
        find("irsi-1", run.path.parent)
    assert str(refused.value) == "irsi-1: no such run or checkpoint. Did you mean 'iris-1'?"


def test_find_counts_the_runs(run):
    with pytest.raises(CheckpointError) as refused:
        find("zzz", run.path.parent)
    assert (
        str(refused.value)
        == f"zzz: no such run or checkpoint. {run.path.parent} holds 1 run. Give another name or --runs-dir."
    )


def test_find_without_any_runs(tmp_path):
    with pytest.raises(CheckpointError, match=r"holds 0 runs"):
        find("iris", tmp_path / "nowhere")


def test_a_directory_of_something_else(tmp_path):
    with pytest.raises(CheckpointError, match="is a directory, but not of a run: it has no checkpoints folder"):
        find(str(tmp_path), tmp_path)


def test_the_checkpoint_of_a_run_is_its_best_then_its_last(run):
    runs = run.path.parent
    assert find_checkpoint("iris-1", runs) == run.best
    assert find_checkpoint(str(run.last), runs) == run.last
    run.best.unlink()
    assert find_checkpoint("iris-1", runs) == run.last
    run.last.unlink()
    with pytest.raises(CheckpointError, match=r"iris-1: has no checkpoint\. Run nnfs train --resume"):
        find_checkpoint("iris-1", runs)


def test_the_run_of_a_checkpoint(run, tmp_path):
    assert run_of(run.best).path == run.path.resolve()
    assert run_of(tmp_path / "alone.safetensors") is None
    assert run_of(run.path / "elsewhere" / "best.safetensors") is None
    run.config.unlink()
    assert run_of(run.best) is None
