"""Workers: one that dies ends the run with its error and nothing else; they end with the process that started them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recovery import ended_as
from tests.cli.forking import start
from tests.cli.program import QUICK, ended
from tests.cli.test_signals import ENDLESS, until
from tests.resilience.forks import needs_fork
from tests.resilience.programs import one_step_more
from tests.sessions.trainings import remains

pytestmark = needs_fork
SHARED_MEMORY = Path("/dev/shm")
RUN = RunDirectory(Path("runs/tiny-1"))
OUT_OF_MEMORY = "killed by signal 9. Is there enough memory? --workers 1 needs less"
STRUCK = f"""
import os, signal
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.adam import Adam
owner, context, begin = os.getpid(), Network.training_context, Adam.begin_step
def fail():
    raise ValueError("no such luck")
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
def context_or_die(network, step, rank, sum):
    if rank == 1 and step == 8 and "MOMENT" == "before the gradients":
        FAILURE()
    return context(network, step, rank, sum)
def begin_or_die(adam):
    if os.getpid() != owner and "MOMENT" == "within the update" and adam.steps == 9:
        FAILURE()
    begin(adam)
Network.training_context, Adam.begin_step = context_or_die, begin_or_die
{QUICK}
"""
"""The program, but the second worker dies in step 9 of 12."""


def shared_memory() -> set[str]:
    return {path.name for path in SHARED_MEMORY.iterdir() if path.is_file()} if SHARED_MEMORY.is_dir() else set()


@pytest.mark.parametrize(
    ("failure", "words", "moment"),
    [
        ("kill", OUT_OF_MEMORY, "before the gradients"),
        ("kill", OUT_OF_MEMORY, "within the update"),
        ("fail", "ValueError: no such luck", "within the update"),
    ],
)
def test_a_worker_process_is_killed_or_raises(nnfs, failure, words, moment):
    """A worker process is killed or raises."""
    before = shared_memory()
    struck = STRUCK.replace("MOMENT", moment).replace("FAILURE", failure)
    done = ended(start("train", "tiny.yaml", "--workers", "2", main=struck))
    assert (done.code, done.out) == (6, "")
    assert done.err.endswith(f"worker 1 of 2 ended early: {words}.\n")
    summary = json.loads(RUN.summary.read_text())
    assert (summary["status"], summary["error"]) == ("failed", f"MachineError: worker 1 of 2 ended early: {words}.")
    assert not shared_memory() - before
    assert nnfs("evaluate", "tiny-1").code == 0
    assert nnfs("train", "--resume", "tiny-1").code == 0
    assert nnfs("train", "tiny.yaml", "--name", "whole", "--workers", 2).code == 0
    assert remains(RUN.path) == remains(Path("runs/whole"))


def test_the_main_process_is_killed(nnfs):
    """`ended` returns when the last worker is gone, since they hold the pipes; the lock is free before."""
    process = start(*ENDLESS, "--workers", "2")
    until(process, "2/1000000")
    process.kill()
    process.wait()
    assert ended_as(RUN.path) == "killed"
    done = nnfs("train", "--resume", "tiny-1", *one_step_more(RUN.path))
    assert done.code == 0
    assert "the run was killed; it goes on from its checkpoint of step" in done.err
    assert ended(process).code == -9


def test_the_main_process_is_killed_while_a_worker_is_busy(nnfs):
    """A worker looks for the others when it waits for them next."""
    busy = f"""
import sys, time
from nnfs_cli.nn.network import Network
context = Network.training_context
def dawdle(network, step, rank, sum):
    if rank == 1 and step == 8:
        print("dawdling", file=sys.stderr, flush=True)
        for _ in range(10):
            time.sleep(0.05)
    return context(network, step, rank, sum)
Network.training_context = dawdle
{QUICK}
"""
    process = start(*ENDLESS, "--workers", "2", main=busy)
    until(process, "dawdling")
    process.kill()
    process.wait()
    assert nnfs("train", "--resume", "tiny-1", *one_step_more(RUN.path)).code == 0
    assert ended(process).code == -9
