"""Folds that were interrupted, failed or killed: what is said, what is left, and that going on gives the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from nnfs_cli.cli.fold_display import Lines
from nnfs_cli.cli.main import run
from nnfs_cli.cli.signals import SECONDS_TOGETHER
from nnfs_cli.data.locator import Locator
from nnfs_cli.errors import DataError
from nnfs_cli.runs.folds import FoldsDirectory
from nnfs_cli.runs.lock import owned
from nnfs_cli.sessions.folds import one_fold
from nnfs_cli.sessions.folds.out_of_fold import out_of_fold
from tests.cli.cross_validations import FLOWERS, answers, assert_same, summary, write_flowers
from tests.cli.forking import start
from tests.cli.program import QUICK, ended
from tests.cli.program import start as start_anew
from tests.resilience.forks import needs_fork

pytestmark = needs_fork
FOLDS = ("train", "flowers.yaml", "--folds", "3", "--name", "folds")
ENDLESS = (*FOLDS, "--set", "training.epochs=1000000")
WAITING = f"""
import os, time
from nnfs_cli.cli.fold_display import Lines
from nnfs_cli.cli.signals import Signals
heard, handle = [], Signals._handle
def epoch(lines, done):
    os.write(2, b"waiting\\n")
    while len(heard) < SIGNALS:
        time.sleep(0.01)
def hear(signals, number, frame):
    handle(signals, number, frame)
    heard.append(number)
Lines.epoch, Signals._handle = epoch, hear
{QUICK}
"""
"""The program, which waits after the first epoch of any fold until so many signals have come."""


@pytest.fixture(autouse=True)
def flowers(directory) -> None:
    write_flowers()
    Path("flowers.yaml").write_text(FLOWERS)


@pytest.fixture
def two_cores(monkeypatch) -> None:
    monkeypatch.setattr("nnfs_cli.sessions.folds.plan.physical_cores", lambda: 2)


def interrupt_after(monkeypatch, epochs: int) -> None:
    """The program hears Ctrl-C once all folds together have made so many epochs."""
    made = []

    def epoch(self, done):
        made.append(done)
        if len(made) == epochs:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Lines, "epoch", epoch)


def statuses(folder: str) -> list[str]:
    return [run["status"] for run in summary(folder)["runs"]]


def until(process, word: str) -> str:
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            break
    return said


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("epochs", [1, 5, 9])
def test_folds_that_were_interrupted_go_on_to_the_same_bytes(nnfs, monkeypatch, epochs, workers):
    options = (*FOLDS, "--workers", workers, "--set", "training.checkpoint_every={steps: 3}")
    with monkeypatch.context() as patch:
        interrupt_after(patch, epochs)
        done = nnfs(*options, "--set", "training.epochs=40")
    assert (done.code, done.out) == (130, "runs/folds\n")
    assert done.err.endswith("go on with: nnfs train --resume runs/folds\n")
    assert summary("runs/folds")["status"] == "interrupted"
    assert "interrupted" in statuses("runs/folds")
    assert not Path("runs/folds/out-of-fold.csv").exists()
    done = nnfs("train", "--resume", "folds")
    assert (done.code, done.out) == (0, "runs/folds\n")
    assert " goes on after step " in done.err
    Path("runs/folds").rename("runs/parts")
    nnfs(*options, "--set", "training.epochs=40")
    assert_same("runs/parts", "runs/folds")


def test_another_interruption_and_from_another_directory(nnfs, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2)
        assert nnfs(*FOLDS, "--set", "training.epochs=40").code == 130
    with monkeypatch.context() as patch:
        interrupt_after(patch, 50)
        done = nnfs("train", "--resume", "runs/folds", "--json")
    assert (done.code, json.loads(done.out)["status"]) == (130, "interrupted")
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    done = nnfs("train", "--resume", "folds", "--runs-dir", "../runs", "--quiet")
    assert (done.code, done.out) == (0, "../runs/folds\n")
    monkeypatch.chdir("..")
    Path("runs/folds").rename("runs/parts")
    nnfs(*FOLDS, "--set", "training.epochs=40", "--quiet")
    parts, whole = answers("runs/parts"), answers("runs/folds")
    assert [{**row, "source": ""} for row in parts] == [{**row, "source": ""} for row in whole]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_all_folds_and_leaves_no_process(number, code):
    process = start(*ENDLESS, main=WAITING.replace("SIGNALS", "1"))
    said = until(process, "waiting")
    process.send_signal(number)
    done = ended(process, said)
    assert (done.code, done.out) == (code, "runs/folds\n")
    assert "stopping after this step and saving; press Ctrl-C again to stop at once" in done.err
    assert summary("runs/folds")["status"] == "interrupted"
    for fold in Path("runs/folds").glob("fold-*"):
        assert json.loads((fold / "summary.json").read_text())["status"] == "interrupted"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_folds_end_and_save_where_the_program_is_ended_at_once(number, code):
    """`ended` waits until nobody holds the streams any more: the folds have them too."""
    process = start_anew(*ENDLESS, main=WAITING.replace("SIGNALS", "1000"))
    said = until(process, "waiting")
    process.send_signal(signal.SIGTERM)
    until(process, "stopping")
    while process.poll() is None:
        time.sleep(2 * SECONDS_TOGETHER)
        process.send_signal(number)
    done = ended(process, said)
    assert done.code == code
    for fold in Path("runs/folds").glob("fold-*"):
        assert json.loads((fold / "summary.json").read_text())["status"] == "interrupted"


def test_folds_that_were_completed_are_not_trained_again(nnfs, monkeypatch):
    nnfs(*FOLDS)
    before = {path: path.stat().st_mtime_ns for path in Path("runs/folds").rglob("*.safetensors")}
    shutil.copytree("runs/folds", "runs/copy")
    done = nnfs("train", "--resume", "folds")
    assert (done.code, done.out) == (0, "runs/folds\n")
    assert "begins" not in done.err
    assert "goes on" not in done.err
    assert before == {path: path.stat().st_mtime_ns for path in Path("runs/folds").rglob("*.safetensors")}
    assert_same("runs/copy", "runs/folds")
    assert summary("runs/copy") == summary("runs/folds")


def test_a_fold_that_was_killed_before_it_began(nnfs):
    nnfs(*FOLDS)
    shutil.copytree("runs/folds", "runs/copy")
    shutil.rmtree("runs/folds/fold-2")
    Path("runs/folds/fold-2/checkpoints").mkdir(parents=True)
    shutil.rmtree("runs/folds/fold-3")
    done = nnfs("train", "--resume", "folds")
    assert done.code == 0
    assert "fold 2/3 begins" in done.err
    assert "fold 3/3 begins" in done.err
    assert_same("runs/copy", "runs/folds")


def break_fold(monkeypatch, number: int, how) -> None:
    """Something happens to a fold when it is to be measured."""
    measure = one_fold.evaluate

    def evaluate(path, *rest, **options):
        if path.parent.parent.name == f"fold-{number}":
            how()
        return measure(path, *rest, **options)

    monkeypatch.setattr(one_fold, "evaluate", evaluate)


def refuse() -> None:
    raise DataError("test.csv: is gone. Put it back.")


def test_a_fold_that_fails_lets_the_others_end_that_are_trained(nnfs, monkeypatch, two_cores):
    with monkeypatch.context() as patch:
        break_fold(patch, 1, refuse)
        done = nnfs(*FOLDS)
    assert (done.code, done.out) == (3, "")
    assert "fold 1/3: test.csv: is gone. Put it back.\n" in done.err
    assert done.err.endswith("Then go on with: nnfs train --resume runs/folds\n")
    first, second, third = summary("runs/folds")["runs"]
    assert (first["status"], first["error"]) == ("failed", "fold 1/3: test.csv: is gone. Put it back.")
    assert second["status"] == "completed"
    assert third["status"] in ("waiting", "completed")
    assert summary("runs/folds")["status"] == "failed"
    assert nnfs("train", "--resume", "folds", "--quiet").code == 0
    assert statuses("runs/folds") == ["completed"] * 3
    assert "error" not in summary("runs/folds")["runs"][0]


def test_none_begins_after_one_has_failed(nnfs, monkeypatch):
    monkeypatch.setattr("nnfs_cli.sessions.folds.plan.physical_cores", lambda: 1)
    break_fold(monkeypatch, 2, refuse)
    assert nnfs(*FOLDS).code == 3
    assert statuses("runs/folds") == ["completed", "failed", "waiting"]
    assert not Path("runs/folds/fold-3").exists()


def test_a_fold_that_is_killed(nnfs, monkeypatch):
    with monkeypatch.context() as patch:
        break_fold(patch, 2, lambda: os.kill(os.getpid(), signal.SIGKILL))
        done = nnfs(*FOLDS)
    assert done.code == 6
    assert "fold 2/3: a process that trains a fold was killed from outside. Is there enough memory?" in done.err
    assert nnfs("train", "--resume", "folds", "--quiet").code == 0


def test_a_fold_without_memory(nnfs, monkeypatch):
    def lack():
        raise MemoryError("none left")

    break_fold(monkeypatch, 3, lack)
    done = nnfs(*FOLDS)
    assert done.code == 6
    assert "out of memory: fold 3/3: none left" in done.err


def test_a_bug_shows_where_it_is(monkeypatch, capsys):
    break_fold(monkeypatch, 1, lambda: 1 / 0)
    assert run([*FOLDS]) == 1
    error = capsys.readouterr().err
    assert "fold 1/3: Traceback" in error
    assert "ZeroDivisionError: division by zero" in error


def test_folds_that_diverge(nnfs):
    done = nnfs(*FOLDS, "--set", "optimizer={type: sgd, lr: 1e30}")
    assert done.code == 5
    assert done.err.splitlines()[-1].startswith("fold 1/3: loss became")
    assert summary("runs/folds")["status"] == "failed"
    assert summary("runs/folds")["runs"][0]["status"] == "diverged"


def test_two_programs_do_not_share_folds(nnfs):
    nnfs(*FOLDS, "--quiet")
    with owned(Path("runs/folds")):
        done = nnfs("train", "--resume", "folds")
    assert done.code == 6
    assert "runs/folds: is in use by process" in done.err


def test_a_fold_that_somebody_else_trains(nnfs):
    nnfs(*FOLDS, "--quiet")
    with owned(Path("runs/folds/fold-2")):
        done = nnfs("train", "--resume", "folds")
    assert done.code == 6
    assert "fold 2/3: runs/folds/fold-2: is in use by process" in done.err


def test_data_that_changed(nnfs):
    nnfs(*FOLDS, "--quiet")
    write_flowers(rows=80)
    done = nnfs("train", "--resume", "folds")
    assert done.code == 3
    assert "fold 1/3: " in done.err
    assert "train is not the data that this run was trained on" in done.err


def test_an_answer_is_not_asked_of_other_examples(nnfs):
    nnfs(*FOLDS, "--quiet", "--set", "training.max_steps=1")
    folder, locator = FoldsDirectory(Path("runs/folds")), Locator(Path("data"))
    assert len(out_of_fold(folder, 3, locator).y) == 90
    first, row, *rows = Path("flowers.csv").read_text().splitlines()
    length, rest = row.split(",", 1)
    Path("flowers.csv").write_text("\n".join([first, f"{float(length) + 1},{rest}", *rows]))
    with pytest.raises(
        DataError, match=r"flowers\.csv: fold \d is not the data that it was trained beside: other exam"
    ):
        out_of_fold(folder, 3, locator)


def test_a_fold_whose_checkpoints_were_removed_is_trained_again_as_advised(nnfs):
    nnfs(*FOLDS, "--quiet")
    shutil.copytree("runs/folds", "runs/copy")
    shutil.rmtree("runs/folds/fold-2/checkpoints")
    done = nnfs("train", "--resume", "folds")
    assert done.code == 4
    advice = "fold 2/3: runs/folds/fold-2: was trained, but its checkpoints were removed.\n"
    again = "Or remove runs/folds/fold-2, so that this fold is trained again.\n"
    assert done.err.endswith(f"{advice}{again}Then go on with: nnfs train --resume runs/folds\n")
    shutil.rmtree("runs/folds/fold-2")
    assert nnfs("train", "--resume", "runs/folds").code == 0
    assert_same("runs/copy", "runs/folds")


def test_a_fold_that_was_resumed_by_itself_with_other_settings_is_told(nnfs):
    nnfs(*FOLDS, "--quiet")
    assert nnfs("train", "--resume", "runs/folds/fold-2", "--set", "training.epochs=9", "--quiet").code == 0
    done = nnfs("train", "--resume", "folds")
    assert done.code == 0
    told = "was trained with other settings than the folds together: training.epochs"
    assert f"warning: fold 2/3: {told}\n" in done.err
    assert done.err.count("other settings") == 1


def test_what_a_killed_program_left_half_written_is_removed(nnfs):
    nnfs(*FOLDS, "--quiet", "--set", "training.max_steps=1")
    rest = Path("runs/folds/.0123456789abcdef.tmp")
    rest.touch()
    assert nnfs("train", "--resume", "folds").code == 0
    assert not rest.exists()


def test_nothing_is_left_where_the_data_cannot_be_divided(nnfs):
    write_flowers(rows=4)
    values = ("dataset.target=price", "dataset.drop=[plot,kind]", "loss=mse", "model.layers.2.units=1")
    done = nnfs(*FOLDS, "--folds", "5", *(word for value in values for word in ("--set", value)))
    assert (done.code, done.out) == (3, "")
    assert "folds: 4 examples cannot be divided into 5 folds. Set fewer folds." in done.err
    write_flowers()
    done = nnfs(*FOLDS, "--set", "dataset.group=colour")
    assert done.code == 3
    assert "folds: 2 groups cannot be divided into 3 folds. Set fewer folds." in done.err
    done = nnfs(*FOLDS, "--set", "dataset.split=ordered")
    assert done.code == 2
    assert not Path("runs").exists()


def test_a_signal_before_the_first_fold_leaves_nothing(nnfs, monkeypatch):
    monkeypatch.setattr(
        "nnfs_cli.sessions.folds.cross_validate.dump_readable", lambda *_: os.kill(os.getpid(), signal.SIGTERM)
    )
    with pytest.raises(SystemExit) as end:
        run([*FOLDS])
    assert end.value.code == 143
    assert list(Path("runs").iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ("predict", "folds", "flowers.csv"),
        ("evaluate", "runs/folds"),
        ("train", "flowers.yaml", "--init-from", "folds"),
    ],
)
def test_folds_are_no_run(nnfs, command):
    nnfs(*FOLDS, "--quiet")
    done = nnfs(*command)
    assert (done.code, done.out) == (4, "")
    assert done.err == (
        "runs/folds: holds the folds of a cross-validation: fold-1, fold-2, fold-3. "
        "Name the run of a fold, such as runs/folds/fold-1.\n"
    )
    assert nnfs("evaluate", "folds/fold-3").code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("flowers.yaml", "--folds", "1"), "Invalid value for '--folds': 1 is not in the range 2<=x<=100."),
        (("flowers.yaml", "--folds", "0"), "Invalid value for '--folds': 0 is not in the range 2<=x<=100."),
        (("flowers.yaml", "--folds", "1000"), "Invalid value for '--folds': 1000 is not in the range 2<=x<=100."),
        (("flowers.yaml", "--folds", "3", "--init-from", "x"), "--folds cannot be combined with --init-from"),
        (("--resume", "folds", "--folds", "3"), "--resume can be combined only with --set, --data-dir"),
        (("--resume", "folds", "--set", "training.epochs=9"), "--set cannot change folds that are being trained."),
        (("--folds", "3"), "Give a CONFIG to train, or --resume RUN"),
        (("flowers.yaml", "--folds", "3", "--name", "folds"), "or go on with --resume folds."),
    ],
)
def test_what_is_refused(nnfs, options, message):
    nnfs(*FOLDS, "--quiet", "--set", "training.max_steps=1")
    done = nnfs("train", *options)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert message in line


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", "\0", "[" * 9999, "x" * (1 << 20) + "x"),
        *(f'{{"folds": {folds}, "name": "x"}}' for folds in ("1", "101", "true", "2.5")),
        *('{"folds": 3, "name": 3}', '{"folds": 3}'),
    ],
)
def test_a_file_of_folds_that_was_changed(nnfs, text):
    nnfs(*FOLDS, "--quiet", "--set", "training.max_steps=1")
    Path("runs/folds/folds.json").write_text(text)
    done = nnfs("train", "--resume", "folds")
    assert (done.code, done.out) == (4, "")
    assert done.err == (
        "runs/folds/folds.json: expected what nnfs train --folds writes. "
        "Train again: nnfs train runs/folds/config.yaml --folds NUMBER.\n"
    )


def test_links_in_the_place_of_folds_and_files(nnfs):
    nnfs(*FOLDS, "--quiet", "--set", "training.max_steps=1")
    shutil.move("runs/folds/fold-2", "elsewhere")
    Path("runs/folds/fold-2").symlink_to(Path("elsewhere").resolve())
    done = nnfs("train", "--resume", "folds")
    assert done.code == 4
    assert "runs/folds/fold-2: is a link, expected a plain folder. Remove it.\n" in done.err
    Path("runs/folds/fold-2").unlink()
    Path("runs/folds/config.yaml").rename("config.yaml")
    Path("runs/folds/config.yaml").symlink_to(Path("config.yaml").resolve())
    done = nnfs("train", "--resume", "folds")
    assert done.code == 6
    assert "runs/folds/config.yaml: is a link, expected a plain file. Remove it." in done.err
