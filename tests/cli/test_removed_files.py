"""Removed files: what somebody takes out of a run while it is trained costs that file; answers come before files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nnfs_cli import plots
from nnfs_cli.cli.display import Lines
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from tests.cli.program import MAIN, ended, shell, start

RUN = RunDirectory(Path("runs/tiny-1"))
HEADS = {"steps.csv": "step,epoch,loss", "metrics.csv": "epoch,step,train_loss"}


@pytest.fixture
def after_first_epoch(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen when the first epoch has been told of."""

    def arrange(happen: Callable[[], object]) -> None:
        monkeypatch.setattr(Lines, "epoch", lambda lines, done: happen() if done.row["epoch"] == 1 else None)

    return arrange


def put_a_folder_at(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def warnings_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("warning: ")]


@pytest.mark.parametrize("name", ["steps.csv", "metrics.csv"])
def test_a_table_is_begun_anew_with_its_header(nnfs, after_first_epoch, name):
    after_first_epoch((RUN.path / name).unlink)
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (0, f"{RUN.path}\n")
    assert warnings_in(done.err) == [
        f"warning: {RUN.path / name}: was removed and is written again; its rows so far are lost."
    ]
    lines = (RUN.path / name).read_text().splitlines()
    assert lines[0].startswith(HEADS[name])
    assert len(lines) == 1 + {"steps.csv": 6, "metrics.csv": 1}[name]
    assert json.loads(RUN.summary.read_text())["status"] == "completed"


def test_the_folder_of_checkpoints_is_made_anew(nnfs, after_first_epoch):
    after_first_epoch(lambda: shutil.rmtree(RUN.last.parent))
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (0, f"{RUN.path}\n")
    assert len(warnings_in(done.err)) == 1
    assert "checkpoints so far are lost" in done.err
    assert checkpoint.read(RUN.last).state["training"]["step"] == 12


def test_a_last_checkpoint_that_was_removed_after_its_save_is_saved_again(nnfs, monkeypatch):
    monkeypatch.setattr(Lines, "epoch", lambda lines, done: RUN.last.unlink())
    assert nnfs("train", "tiny.yaml").code == 0
    assert checkpoint.read(RUN.last).state["training"]["step"] == 12


def test_a_run_that_is_gone_is_told_of_in_one_line(nnfs, after_first_epoch):
    after_first_epoch(lambda: shutil.rmtree(RUN.path))
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (6, "")
    assert done.err.splitlines()[3:] == [
        f"{RUN.path}: was removed while it was trained. Nothing of it is left: train again."
    ]
    assert not RUN.path.exists()


@pytest.mark.parametrize("error", [ValueError("no backend\nand more"), ImportError("no module"), RuntimeError()])
def test_a_picture_that_cannot_be_drawn_is_one_warning(nnfs, runs, monkeypatch, error):
    def broken(*_: object) -> bytes:
        raise error

    for name in ("curves", "confusion", "lr_curve"):
        monkeypatch.setattr(plots, name, broken)
    reason = str(error).split("\n")[0] or "RuntimeError"
    for command, picture in (
        (("train", "tiny.yaml"), "runs/tiny-1/curves.png"),
        (("evaluate", "tiny"), str(Path("runs/tiny/confusion-test.png").resolve())),
        (("lr-find", "tiny.yaml", "--steps", "30"), "runs/tiny-lr-find-1/lr_find.png"),
    ):
        Path(picture).unlink(missing_ok=True)
        done = nnfs(*command)
        assert (done.code, bool(done.out)) == (0, True)
        assert warnings_in(done.err) == [f"warning: {picture}: could not be drawn: {reason}"]
        assert not Path(picture).exists()


def test_a_backend_that_is_none():
    done = ended(start("train", "tiny.yaml", "--quiet", main=MAIN, environment={"MPLBACKEND": "nonsense"}))
    assert (done.code, done.out, done.err.count("\n")) == (0, f"{RUN.path}\n", 1)
    assert done.err.startswith(f"warning: {RUN.curves}: could not be drawn: ")


@pytest.mark.parametrize("name", ["summary.json", "curves.png"])
def test_the_answer_of_a_training_comes_before_a_file_that_cannot_be_written(nnfs, after_first_epoch, name):
    after_first_epoch(lambda: put_a_folder_at(RUN.path / name))
    done = nnfs("train", "tiny.yaml", "--json")
    assert (done.code, json.loads(done.out)["run"]) == (6, str(RUN.path))
    assert done.err.splitlines()[-1] == f"{RUN.path / name}: cannot be written: Is a directory."
    assert checkpoint.read(RUN.last).state["training"]["step"] == 12


@pytest.mark.parametrize("name", ["evaluation-test.json", "confusion-test.csv", "confusion-test.png"])
def test_the_answer_of_evaluate_comes_before_a_file_that_cannot_be_written(nnfs, runs, name):
    whole = nnfs("evaluate", "tiny")
    put_a_folder_at(Path("runs/tiny") / name)
    done = nnfs("evaluate", "tiny")
    assert (done.code, done.out) == (6, whole.out)
    assert done.err == f"{Path('runs/tiny').resolve() / name}: cannot be written: Is a directory.\n"


def test_the_answer_of_lr_find_comes_before_a_directory_that_cannot_be_made(nnfs):
    whole = nnfs("lr-find", "tiny.yaml", "--steps", "30", "--json")
    assert not Path("runs/tiny-lr-find-1/checkpoints").exists()
    Path("file").write_text("")
    done = nnfs("lr-find", "tiny.yaml", "--steps", "30", "--json", "--runs-dir", "file")
    assert (done.code, json.loads(done.out)) == (6, {**json.loads(whole.out), "run": None})
    assert done.err.splitlines()[-1].startswith("file/tiny-lr-find: cannot be written: ")


def test_the_answer_of_lr_find_comes_before_a_configuration_that_cannot_be_written(nnfs):
    done = nnfs("lr-find", "tiny.yaml", "--steps", "30", "--write", "nowhere/new.yaml")
    assert (done.code, float(done.out) > 0) == (6, True)
    assert "nowhere/new.yaml: cannot be written" in done.err
    assert Path("runs/tiny-lr-find-1/lr_find.json").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_answers_that_a_disk_cuts_off_are_no_success(runs, unbuffered):
    """Python keeps no compiled modules meanwhile: it would leave them cut off too, and fail on them from then on."""
    Path("many.csv").write_text((",".join(["90"] * 64) + "\n") * 300)
    environment = {"PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"}
    done = shell("ulimit -f 1; nnfs predict tiny many.csv >answers", **environment)
    assert (done.code, done.err) == (6, "standard output: cannot be written: File too large.\n")
