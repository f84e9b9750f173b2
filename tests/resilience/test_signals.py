"""Signals: whatever the program is doing, one ends it in order and two end it at once; never with a traceback."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from nnfs_cli.cli.signals import SECONDS_TOGETHER, Signals
from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recovery import ended_as
from tests.cli.forking import start
from tests.cli.program import MAIN, QUICK, Done, ended
from tests.cli.program import start as start_anew
from tests.cli.test_signals import ENDLESS, until
from tests.effort import EFFORT
from tests.resilience.forks import forked, wait

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
RUN = RunDirectory(Path("runs/tiny-1"))
SLOW_DISK = f"""
import os, sys, time
from nnfs_cli.runs import checkpoint, durable
encode, sync, slow = checkpoint.encode, durable.sync, []
def encode_and_slow_down(tensors, state):
    slow[:] = [state["training"]["step"] == 12]
    return encode(tensors, state)
def slow_sync(descriptor):
    sync(descriptor)
    if any(slow):
        slow.clear()
        print("saving step 12", file=sys.stderr, flush=True)
        for _ in range(SLICES):
            time.sleep(0.03)
checkpoint.encode, durable.sync = encode_and_slow_down, slow_sync
{QUICK}
"""
"""The program on a disk that takes long for the second checkpoint, which is the one of step 12."""
SLOW_START = f"""
import sys, time
from nnfs_cli import build
def read(*_, **__):
    print("reading", file=sys.stderr, flush=True)
    time.sleep(600)
build.prepare = read
{MAIN}
"""
SLOW_IMPORT = f"""
import sys, time
class Slow:
    def find_spec(self, name, path, target=None):
        if name == "MODULE":
            print("importing", file=sys.stderr, flush=True)
            time.sleep(600)
sys.meta_path.insert(0, Slow())
{MAIN}
"""
CHATTY = f"""
from nnfs_cli.cli import terminal
from nnfs_cli.cli.display import Lines
Lines.step = lambda lines, done: terminal.say("x" * 1000)
{QUICK}
"""
both_signals = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
all_signals = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
alone_and_in_a_team = pytest.mark.parametrize(
    ("number", "code", "workers"), [(signal.SIGINT, 130, "1"), (signal.SIGTERM, 143, "2")]
)


def shell_code(done: Done) -> int:
    """The exit code that a shell sees, also of a program that the signal itself has ended."""
    return 128 - done.code if done.code < 0 else done.code


def temporaries() -> list[Path]:
    return list(Path().rglob("*.tmp"))


@alone_and_in_a_team
def test_sigterm_or_ctrl_c_during_a_save(number, code, workers, nnfs):
    """SIGTERM or Ctrl-C … during a save."""
    process = start(*ENDLESS, "--workers", workers, main=SLOW_DISK.replace("SLICES", "20"))
    said = until(process, "saving step 12")
    process.send_signal(number)
    done = ended(process, said)
    assert (done.code, done.out) == (code, f"{RUN.path}\n")
    assert ended_as(RUN.path) == "interrupted"
    assert RUN.curves.exists() == (number == signal.SIGINT), "a batch system does not wait for pictures"
    assert checkpoint.read(RUN.last).state["training"]["step"] >= 12
    assert not temporaries()
    assert nnfs("evaluate", "tiny-1").code == 0


@alone_and_in_a_team
def test_sigterm_or_ctrl_c_twice_during_a_save(number, code, workers, nnfs):
    """SIGTERM or Ctrl-C … twice; during a save: leave at once, old checkpoint intact."""
    process = start(*ENDLESS, "--workers", workers, main=SLOW_DISK.replace("SLICES", "20_000"))
    until(process, "saving step 12")
    process.send_signal(number)
    time.sleep(2 * SECONDS_TOGETHER)
    process.send_signal(number)
    assert ended(process).code == code
    assert ended_as(RUN.path) == "killed"
    assert not temporaries()
    assert checkpoint.read(RUN.last).state["training"]["step"] == 6
    assert nnfs("evaluate", "tiny-1").code == 0
    assert nnfs("train", "--resume", "tiny-1", "--set", "training.epochs=3").code == 0


@all_signals
def test_sigterm_or_ctrl_c_before_the_first_step(number, code):
    """SIGTERM or Ctrl-C … before the first step: while the data is read, nothing is left."""
    process = start(*ENDLESS, main=SLOW_START)
    until(process, "reading")
    process.send_signal(number)
    done = ended(process)
    assert (shell_code(done), done.out, done.err) == (code, "", "")
    assert not list(Path("runs").iterdir())


@all_signals
@pytest.mark.parametrize("module", ["click", "numpy"])
def test_sigterm_or_ctrl_c_while_modules_are_imported(number, code, module):
    """SIGTERM or Ctrl-C … before the first step: right after the start."""
    process = start_anew(*ENDLESS, main=SLOW_IMPORT.replace("MODULE", module))
    until(process, "importing")
    process.send_signal(number)
    assert shell_code(ended(process)) == code
    assert not Path("runs").exists()


@all_signals
def test_a_signal_at_any_moment_of_the_start(number, code, nnfs):
    """Either nothing is left, or a run that can go on."""
    chance = random.Random(number)
    for _ in range(EFFORT):
        process = start_anew(*ENDLESS, main=SLOW_IMPORT.replace("MODULE", "click").replace("600", "0"))
        until(process, "importing")
        time.sleep(chance.uniform(0, 1.5))
        process.send_signal(number)
        assert shell_code(ended(process)) == code
        for run in Path("runs").glob("*"):
            assert nnfs("train", "--resume", run.name, "--set", "training.max_steps=1").code == 0
            shutil.rmtree(run)


@both_signals
def test_two_signals_at_once_are_one(number, code):
    """As timeout(1) sends them."""

    def train() -> int:
        with Signals() as signals:
            signals.train_on()
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
            return 0 if signals.exit_code == code else 1

    def train_longer() -> None:
        with Signals() as signals:
            signals.train_on()
            os.kill(os.getpid(), number)
            time.sleep(2 * SECONDS_TOGETHER)
            os.kill(os.getpid(), number)

    assert wait(forked(train)) == 0
    assert wait(forked(train_longer)) == code, "the second ended it"


@all_signals
def test_a_signal_to_all_processes_of_a_training_is_one_signal(number, code):
    """As batch systems and timeout(1) send it."""
    process = start_anew(*ENDLESS, "--workers", "2", start_new_session=True)
    said = until(process, "1/1000000")
    os.killpg(process.pid, number)
    done = ended(process, said)
    assert (done.code, ended_as(RUN.path)) == (code, "interrupted")


def test_a_signal_while_nobody_reads_what_the_program_says():
    """The program hangs in the middle of a line, as before a paused `less`; then it can say no more, but saves."""
    process = start_anew(*ENDLESS, main=CHATTY, environment={"PYTHONUNBUFFERED": ""})
    said = until(process, "1/1000000")
    steps = -1
    while steps != (steps := RUN.steps.stat().st_size):
        time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert ended(process, said).code == 130
    assert ended_as(RUN.path) == "interrupted"


@both_signals
def test_a_signal_while_the_curves_are_drawn_waits_for_them(number, code):
    drawing = f"""
import os
{QUICK.replace("lambda *_:", f"lambda *_: os.kill(os.getpid(), {number}) or")}
"""
    done = ended(start("train", "tiny.yaml", main=drawing))
    assert (done.code, done.out) == (code, f"{RUN.path}\n")
    assert (ended_as(RUN.path), RUN.curves.read_bytes()) == ("completed", b"picture")
