"""What commands read, changed by its meaning: carried out or refused, soon, in bounded memory, nothing else touched.

For a long run: `python -m tests.fuzz.meaning --inputs 17000`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.effort import EFFORT
from tests.fuzz.meaning import sandbox
from tests.fuzz.meaning.batch import attempt_all
from tests.fuzz.meaning.kinds import KINDS, Cases, try_many, world
from tests.resilience.forks import needs_fork

CASES = 16
pytestmark = [needs_fork, pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")]


@pytest.fixture(scope="module")
def sound():
    with world() as made:
        yield made


@pytest.mark.parametrize("name", KINDS)
def test_what_is_changed_is_carried_out_or_refused(name, sound):
    tally = try_many(Cases(name, sound), range(CASES * EFFORT), sound, batch=8)
    assert [(number, command, outcome.wrong, outcome.err) for number, command, outcome in tally.found] == []
    assert tally.count == CASES * EFFORT
    assert tally.past > tally.count / 2
    assert tally.codes[0]


def test_programs_do_the_same_as_their_functions(sound):
    for name in ("configuration", "table"):
        cases = Cases(name, sound)
        _, command, called = cases.attempt(1)
        _, again, started = cases.attempt(1, program=True)
        assert (again, started.code, started.wrong) == (command, called.code, "")


def misbehave(folder: Path, fault: str) -> int:
    """A command with one of the faults that there are."""
    match fault:
        case "a bug":
            raise KeyError("x")
        case "exit code 1":
            print("no", file=sys.stderr)
            return 1
        case "a word of Python":
            np.float32(1e30) * np.float32(1e30)
        case "failed without a word":
            return 3
        case "hangs":
            time.sleep(60)
        case "took":
            np.ones(50 << 20)
        case "ended the process":
            os.kill(os.getpid(), signal.SIGKILL)
        case "reached outside":
            (folder.parent / "outside").write_text("x")
        case "reached outside: subprocess":
            subprocess.run(["true"])
        case "a long line":
            print("x" * 451, file=sys.stderr)
        case "an escape sequence":
            print("\x1b[31m", file=sys.stderr)
        case "left a process":
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
    return 0


@pytest.mark.parametrize(
    "fault",
    [
        *("exit code 1", "a word of Python", "failed without a word", "hangs", "took", "reached outside"),
        *("reached outside: subprocess", "a long line", "an escape sequence", "left a process"),
    ],
)
def test_every_fault_is_noticed(fault, tmp_path, monkeypatch):
    (tmp_path / "case").mkdir()
    monkeypatch.setattr(sandbox, "PATIENCE", 0.5 if fault == "hangs" else 40)
    monkeypatch.setattr(sandbox, "LARGEST", sandbox.LARGEST if fault != "took" else 400 << 20)
    monkeypatch.setattr(sandbox, "run", lambda arguments: misbehave(tmp_path / "case", arguments[0]))
    assert fault in sandbox.attempt([fault], tmp_path / "case").wrong


def test_every_fault_in_a_batch_is_noticed(tmp_path, monkeypatch):
    folder = tmp_path / "case"
    folder.mkdir()
    monkeypatch.setattr(sandbox, "run", lambda arguments: misbehave(folder, arguments[0]))
    for fault in ("exit code 1", "ended the process", "reached outside", "a process is left"):
        commands = ["fine", fault.replace("a process is left", "left a process"), "fine"]
        results = list(attempt_all([0, 1, 2], lambda number, it=commands: [it[number]], bool, folder, bool))
        wrong = [(number, outcome.wrong[: len(fault)]) for number, _, outcome in results if outcome.wrong]
        assert (len(results), wrong) in ((2, [(1, fault)]), (3, [(2, fault)]))


def test_a_bug_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "case").mkdir()
    monkeypatch.setattr(sandbox, "run", lambda arguments: misbehave(tmp_path / "case", "a bug"))
    assert "a word of Python" in sandbox.attempt([], tmp_path / "case").wrong


def test_a_change_inside_is_none_of_them(tmp_path, monkeypatch):
    (tmp_path / "case").mkdir()
    monkeypatch.setattr(sandbox, "run", lambda arguments: Path(arguments[0]).write_text("x") and 0)
    outcome = sandbox.attempt(["x"], tmp_path / "case")
    assert (outcome.code, outcome.wrong) == (0, "")
    assert (tmp_path / "case" / "x").read_text() == "x"
