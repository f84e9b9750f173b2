"""Sweeps: many runs start in one instant in one directory, and what becomes of one does not touch the others."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from nnfs_cli.cli.display import Lines
from nnfs_cli.sessions.recovery import ended_as
from nnfs_cli.training.records import StepDone
from tests.cli.program import ended, start
from tests.effort import EFFORT
from tests.resilience.forks import Gate, forked_nnfs, needs_fork, said, wait
from tests.sessions.trainings import remains

RUNS = 32
DIVERGING = ("--set", "optimizer={type: sgd, lr: 1e30}")
MISTAKEN = ("--set", "optimizer.weight_deacy=1")


def die_in_step_3(lines: Lines, done: StepDone) -> None:
    if done.step == 3:
        os.kill(os.getpid(), signal.SIGKILL)


def started_at_once(options: dict[str, tuple[str, ...]], doomed: str | None = None) -> dict[str, int]:
    """Train by name, all in one instant; the exit codes. Who is doomed is killed in its third step."""
    gate, children = Gate(), {}
    for name, more in options.items():

        def before(name: str = name) -> None:
            if name == doomed:
                Lines.step = die_in_step_3
            gate.wait()

        children[name] = forked_nnfs(name, "train", "tiny.yaml", *more, before=before)
    gate.open()
    return {name: wait(child) for name, child in children.items()}


@needs_fork
@pytest.mark.parametrize("round_", range(EFFORT))
def test_32_runs_started_in_the_same_instant(round_):
    """32 runs started in the same instant."""
    names = [f"process-{k}" for k in range(RUNS)]
    codes = started_at_once(dict.fromkeys(names, ()))
    assert set(codes.values()) == {0}
    answers = [said(name, 0).out for name in names]
    assert sorted(answers) == sorted(f"runs/tiny-{k}\n" for k in range(1, RUNS + 1))
    assert {path.name for path in Path("runs").iterdir()} == {f"tiny-{k}" for k in range(1, RUNS + 1)}
    whole = remains(Path("runs/tiny-1"))
    for answer in answers:
        run = Path(answer.strip())
        assert ended_as(run) == "completed"
        assert remains(run) == whole


@needs_fork
@pytest.mark.parametrize("round_", range(EFFORT))
def test_one_run_of_a_sweep_diverges_one_is_mistaken_and_one_is_killed(nnfs, round_):
    healthy = [f"process-{k}" for k in range(5)]
    options = {**dict.fromkeys(healthy, ()), "diverging": DIVERGING, "mistaken": MISTAKEN, "killed": ()}
    options = {name: ("--name", f"run-{name}", *more) for name, more in options.items()}
    codes = started_at_once(options, doomed="killed")
    assert codes == {**dict.fromkeys(healthy, 0), "diverging": 5, "mistaken": 2, "killed": -signal.SIGKILL}
    assert {run.name.removeprefix("run-"): ended_as(run) for run in Path("runs").iterdir()} == {
        **dict.fromkeys(healthy, "completed"),
        "diverging": "diverged",
        "killed": "killed",
    }
    assert nnfs("train", "--resume", "run-killed").code == 0
    whole = remains(Path("runs/run-process-0"))
    assert all(remains(Path("runs", f"run-{name}")) == whole for name in [*healthy, "killed"])


def test_real_processes_started_in_the_same_instant():
    processes = [start("train", "tiny.yaml", "--quiet") for _ in range(3)]
    done = [ended(process) for process in processes]
    assert {one.code for one in done} == {0}
    assert sorted(one.out for one in done) == [f"runs/tiny-{k}\n" for k in range(1, 4)]


@needs_fork
def test_one_name_for_many_runs_goes_to_one_of_them():
    names = [f"process-{k}" for k in range(8)]
    codes = started_at_once(dict.fromkeys(names, ("--name", "best")))
    assert sorted(codes.values()) == [0] + [2] * 7
    (winner,) = (name for name, code in codes.items() if code == 0)
    assert said(winner, 0).out == "runs/best\n"
    assert ended_as(Path("runs/best")) == "completed"
    assert all("runs/best exists" in said(name, 2).err for name in names if name != winner)
