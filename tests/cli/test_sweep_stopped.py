"""A stopped sweep of docs/sweeps.md leaves no training behind and goes on when started again; no value is run."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnfs_cli.sessions.recovery import ended_as
from tests.cli.program import QUICK, ROOT, hear_signals

pytestmark = pytest.mark.skipif(
    not (all(shutil.which(tool) for tool in ("bash", "python3")) and Path("/proc/self/cmdline").exists()),
    reason="needs bash, python3 and /proc",
)
PAGE = (ROOT / "docs" / "sweeps.md").read_text()
COMMAND = re.search(r"^\$ (configs/sweeps/learning_rate\.sh .+)$", PAGE, re.MULTILINE)[1]
RATES = shlex.split(COMMAND)[2:]
SLOW = f"""
import sys, time
from pathlib import Path
from nnfs_cli.sessions.recorder import Recorder
step = Recorder.step
def slowly(recorder, record):
    step(recorder, record)
    if Path("slow").exists():
        time.sleep(0.5)
Recorder.step = slowly
if sys.argv[1] == "train" and "--resume" not in sys.argv:
    sys.argv[2:2] = ["--set", "training.max_steps=60"]
{QUICK}
"""


@pytest.fixture(autouse=True)
def _as_documented(directory):
    """The configurations are there, `nnfs` is on the PATH, and trains slowly as long as a file says so."""
    Path("configs").symlink_to(ROOT / "configs")
    Path("bin").mkdir()
    Path("bin/main.py").write_text(SLOW)
    Path("bin/nnfs").write_text(f'#!/bin/sh\nexec {sys.executable} "{directory}/bin/main.py" "$@"\n')
    Path("bin/nnfs").chmod(0o755)
    yield
    for number in trainings(directory):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def started(*command: str, **variables: str) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path.cwd()}/bin:{os.environ['PATH']}", **variables}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=hear_signals, **pipes)


def trainings(directory: Path) -> set[int]:
    """The processes that run the program of this test."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"{directory}/bin/main.py".encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def until_saved(rates: list[str]) -> None:
    deadline = time.monotonic() + 300
    while not all([*Path("runs").glob(f"sweep-*/{rate}/summary.json")] for rate in rates):
        assert time.monotonic() < deadline, "nothing is trained"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda it: it.name)
def test_a_stopped_sweep_leaves_nothing_behind_and_goes_on(directory, number):
    Path("slow").touch()
    sweep = started(*shlex.split(COMMAND), JOBS="2")
    until_saved(RATES[:2])
    assert trainings(directory)
    sweep.send_signal(number)
    out, err = sweep.communicate(timeout=300)
    assert (sweep.returncode, out, trainings(directory)) == (128 + number, "", set()), err
    assert [ended_as(run) for run in sorted(Path("runs").glob("sweep-*/*/"))] == ["interrupted"] * 2
    assert "stopped; start it again with the same arguments" in err
    if number == signal.SIGTERM:
        go_on()


def go_on() -> None:
    """Start the sweep again, which is stopped and has two unfinished runs, whatever stopped it."""
    Path("slow").unlink()
    again = started(*shlex.split(COMMAND), JOBS="2")
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0, err
    assert err.startswith("going on with runs/sweep-")
    (results,) = Path("runs").glob("sweep-*/results.jsonl")
    answers = [json.loads(line) for line in results.read_text().splitlines()]
    assert [Path(answer["run"]).name for answer in answers] == RATES
    assert {answer["status"] for answer in answers} == {"completed"}
    assert len({answer["steps"] for answer in answers}) == 1
    assert out.splitlines()[-1].removeprefix("best: ") in RATES
    assert not [*Path("runs").glob("sweep-*/unfinished*")]


@pytest.mark.parametrize(
    "value", ["1; touch ran", "$(touch ran)", "`touch ran`", "../1e-3", "", ".", "1e-3\ntouch ran", "a b"]
)
def test_a_value_is_never_run(value):
    done = started("configs/sweeps/learning_rate.sh", "tiny.yaml", "1e-3", value, KEY="optimizer.lr")
    out, err = done.communicate(timeout=300)
    assert (done.returncode, out) == (2, "")
    assert err.endswith(": expected a plain value such as 1e-3\n")
    assert not Path("ran").exists()
    assert not Path("runs").exists()


def test_nothing_else_that_a_user_gives_is_run():
    hostile = "-x; touch ran $(touch ran) '\"`touch ran`.yaml"
    shutil.copy("tiny.yaml", hostile)
    done = started("configs/sweeps/learning_rate.sh", hostile, "1e-3", "1e-3", "-1", KEY="optimizer.lr")
    out, err = done.communicate(timeout=300)
    assert (done.returncode, out.splitlines()[-1]) == (0, "best: 1e-3"), err
    for variables in ({"KEY": "optimizer.lr; touch ran; $(touch ran)"}, {"JOBS": "a[$(touch ran)]"}):
        done = started("configs/sweeps/learning_rate.sh", "tiny.yaml", "1e-3", **variables)
        done.communicate(timeout=300)
        assert done.returncode != 0
    assert not Path("ran").exists()
