"""Two owners: a run belongs to one process at a time, and to nobody once that is gone."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from nnfs_cli.runs import lock
from nnfs_cli.sessions.recovery import ended_as
from tests.cli.forking import start
from tests.cli.program import ended
from tests.cli.test_signals import ENDLESS, until
from tests.resilience.forks import Gate, forked, forked_nnfs, needs_fork, said, wait, wait_for_one
from tests.resilience.programs import one_step_more

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
RUN = Path("runs/tiny-1")
MORE = ("--set", "training.epochs=1000000")
RESUME = ("train", "--resume", "tiny-1")


def refused(name: str, owner: int) -> str:
    """What who comes second is told."""
    return (
        rf"{name}: is in use by process {owner} since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\S+\. Wait for it, or stop it\.\n"
    )


@pytest.mark.parametrize("resumed", [False, True])
def test_two_processes_resume_one_run(nnfs, resumed):
    """Two processes resume one run; or one trains it still."""
    if resumed:
        nnfs("train", "tiny.yaml")
    owner = start(*(*RESUME, *MORE) if resumed else ENDLESS)
    until(owner, "3/1000000")
    assert ended_as(RUN) == "running"
    second = ended(start(*RESUME))
    assert (second.code, second.out) == (6, "")
    assert re.fullmatch(refused("runs/tiny-1", owner.pid), second.err)
    assert owner.poll() is None
    owner.kill()
    owner.wait()
    third = nnfs(*RESUME, *one_step_more(RUN))
    assert (third.code, third.out) == (0, "runs/tiny-1\n")
    assert "the run was killed; it goes on from its checkpoint of step" in third.err
    assert ended(owner).code == -signal.SIGKILL


@needs_fork
@pytest.mark.parametrize("round_", range(5))
def test_two_processes_resume_one_run_in_the_same_instant(nnfs, round_):
    """Exactly one gets it, though each also looks what became of the run."""
    nnfs("train", "tiny.yaml")
    gate = Gate()
    children = {forked_nnfs(name, *RESUME, *MORE, before=gate.wait): name for name in ("a", "b")}
    gate.open()
    loser, code = wait_for_one([*children])
    (winner,) = {*children} - {loser}
    done = said(children[loser], code)
    assert (done.code, done.out) == (6, "")
    assert re.fullmatch(refused("runs/tiny-1", winner), done.err)
    os.kill(winner, signal.SIGKILL)
    assert wait(winner) == -signal.SIGKILL


@needs_fork
def test_several_can_look_at_a_run_that_was_killed(nnfs):
    process = start(*ENDLESS)
    until(process, "1/1000000")
    process.kill()
    ended(process)
    looker = forked(_look)
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        assert ended_as(RUN) == "killed"
    os.kill(looker, signal.SIGKILL)
    wait(looker)


def _look() -> None:
    while True:
        ended_as(RUN)


def test_who_only_looks_does_not_keep_an_owner_away(monkeypatch):
    looking = os.open(lock.NAME, os.O_RDWR | os.O_CREAT)
    assert lock._free(looking, shared=True)
    monkeypatch.setattr(time, "sleep", lambda _: os.close(looking))
    with lock.owned(Path()):
        assert lock.in_use(Path())
    assert not lock.in_use(Path())
