"""Ctrl-C and SIGTERM: a training saves and ends, says how to go on, and leaves no process behind."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from nnfs_cli.cli.display import Lines
from nnfs_cli.cli.main import run
from nnfs_cli.cli.signals import SECONDS_TOGETHER, Signals
from nnfs_cli.training.records import StepDone
from tests.cli.forking import start
from tests.cli.program import MAIN, QUICK, ROOT, ended, hear_signals
from tests.cli.program import start as start_anew

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
ENDLESS = ("train", "tiny.yaml", "--set", "training.epochs=1000000")
PROGRAM = {**os.environ, "PYTHONPATH": str(ROOT), "NNFS_OFFLINE": "1"}
WAITING = f"""
import os, time
from nnfs_cli.cli.display import Lines
from nnfs_cli.cli.signals import Signals
tell, handle, heard = Lines.epoch, Signals._handle, []
def epoch(lines, done):
    tell(lines, done)
    os.write(2, b"waiting\\n")
    while len(heard) < SIGNALS:
        time.sleep(0.01)
def hear(signals, number, frame):
    handle(signals, number, frame)
    heard.append(number)
Lines.epoch, Signals._handle = epoch, hear
{QUICK}
"""
"""The program, which waits after its first epoch until so many signals have come.

A signal that comes while a line is being written is obeyed, but no word is said of it.
"""


def until(process, word: str) -> str:
    """What the program says on standard error until a line has the word."""
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            break
    return said


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_training_that_can_go_on(nnfs, number, code, workers):
    process = start(*ENDLESS, "--workers", workers, main=WAITING.replace("SIGNALS", "1"))
    said = until(process, "waiting")
    process.send_signal(number)
    done = ended(process, said)
    assert (done.code, done.out) == (code, "runs/tiny-1\n")
    assert "stopping after this step and saving; press Ctrl-C again to stop at once" in done.err
    assert done.err.endswith("go on with: nnfs train --resume runs/tiny-1\n")
    summary = json.loads(Path("runs/tiny-1/summary.json").read_text())
    assert summary["status"] == "interrupted"
    if workers == "1":
        epochs = summary["epochs"] + 1
        assert nnfs("train", "--resume", "tiny-1", "--set", f"training.epochs={epochs}").code == 0
        assert json.loads(Path("runs/tiny-1/summary.json").read_text())["epochs"] == epochs


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_signal_leaves_at_once(nnfs, workers):
    process = start(*ENDLESS, "--workers", workers, main=WAITING.replace("SIGNALS", "2"))
    until(process, "waiting")
    process.send_signal(signal.SIGINT)
    until(process, "press Ctrl-C again to stop at once")
    time.sleep(2 * SECONDS_TOGETHER)
    process.send_signal(signal.SIGINT)
    assert ended(process).code == 130
    assert nnfs("evaluate", "tiny-1").code == 0


def test_a_signal_to_the_whole_group_is_one_signal(nnfs):
    process = start_anew(*ENDLESS, "--workers", "2", start_new_session=True)
    until(process, "1/1000000")
    os.killpg(process.pid, signal.SIGINT)
    assert ended(process).code == 130
    assert nnfs("evaluate", "tiny-1").code == 0


def test_a_signal_before_the_first_step_leaves_no_run(nnfs, monkeypatch):
    monkeypatch.setattr("nnfs_cli.build.prepare", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(SystemExit) as caught:
        nnfs("train", "tiny.yaml")
    assert caught.value.code == 143
    assert not list(Path("runs").iterdir())


def to_main_thread(number: int) -> None:
    """A signal to the thread whose signals can wait; in a test there are others that would take it."""
    signal.pthread_kill(threading.main_thread().ident, number)


def test_a_signal_when_the_directory_has_just_been_made_leaves_none(nnfs, monkeypatch):
    monkeypatch.setattr("nnfs_cli.runs.directory._furnish", lambda path: to_main_thread(signal.SIGTERM))
    with pytest.raises(SystemExit) as caught:
        nnfs("train", "tiny.yaml")
    assert caught.value.code == 143
    assert not list(Path("runs").iterdir())


def test_a_signal_that_was_lost_before_the_first_step_is_obeyed_after_it(nnfs, monkeypatch):
    def lose(*_: object) -> None:
        with contextlib.suppress(SystemExit):
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("nnfs_cli.sessions.train.workers_of", lambda task: lose() or (1, ()))
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (143, "runs/tiny-1\n")
    assert json.loads(Path("runs/tiny-1/summary.json").read_text())["steps"] == 1


def test_a_hang_up_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            signals.train_on()
            os.kill(os.getpid(), signal.SIGHUP)
            assert not signals.asked_to_stop()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_closed_terminal_saves(nnfs, workers):
    """Everything is written to the terminal, and the kernel sends SIGHUP when that is gone."""
    child, watcher = pty.fork()
    if child == 0:
        hear_signals()
        os.execve(sys.executable, [sys.executable, "-c", MAIN, *ENDLESS, "--workers", workers], PROGRAM)
    shown = b""
    while b"2/1000000" not in shown:
        shown += os.read(watcher, 65536)
    os.close(watcher)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 129
    assert json.loads(Path("runs/tiny-1/summary.json").read_text())["status"] == "interrupted"
    assert not Path("runs/tiny-1/curves.png").exists()
    assert nnfs("evaluate", "tiny-1").code == 0


def test_an_interrupted_first_epoch_can_be_used_and_resumed(nnfs, monkeypatch):
    def interrupt(lines: Lines, done: StepDone) -> None:
        if done.step == 2:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Lines, "step", interrupt)
    done = nnfs("train", "tiny.yaml")
    assert (done.code, done.out) == (130, "runs/tiny-1\n")
    assert nnfs("evaluate", "tiny-1").code == 0
    assert nnfs("train", "--resume", "tiny-1").code == 0
    assert len(Path("runs/tiny-1/steps.csv").read_text().splitlines()) == 1 + 12


def test_the_handlers_are_put_back(nnfs):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    nnfs("train", "tiny.yaml", "--quiet")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_ctrl_c_elsewhere_is_one_line(nnfs, runs, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nnfs_cli.runs.checkpoint.read", interrupt)
    assert nnfs("evaluate", "tiny").code == 130


def test_a_file_that_ends_early_is_not_ctrl_c(runs, monkeypatch, capsys):
    """click takes EOFError for the end of a dialogue; it comes from what a program reads, even its own modules."""

    def cut(*_: object) -> None:
        raise EOFError("marshal data too short")

    monkeypatch.setattr("nnfs_cli.runs.checkpoint.read", cut)
    assert run(["evaluate", "tiny"]) == 1
    assert "EOFError: marshal data too short" in capsys.readouterr().err
