"""Signals that end the program while it writes: no temporary file is left, and the old file is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.forking import start
from tests.cli.program import QUICK, ended

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

SLOW_DISK = f"""
import sys, time
from nnfs_cli.runs import durable
def sync(descriptor):
    print("waiting", file=sys.stderr, flush=True)
    time.sleep(600)
durable.sync = sync
{QUICK}
"""
SLOW_CACHE = f"""
import sys, time
from nnfs_cli.data.pictures import decoded
from nnfs_cli.data.pictures import picture_reader
picture_reader.WORTH_KEEPING, decoded.FINE = -1.0, -1
def write(file, data):
    print("waiting", file=sys.stderr, flush=True)
    time.sleep(600)
decoded._write = write
{QUICK}
"""
COMMANDS = {
    "evaluate": "evaluate tiny",
    "lr-find": "lr-find tiny.yaml --steps 60 --write new.yaml",
    "train": "train tiny.yaml --name other",
}
both = pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"])


def left() -> list[str]:
    return [str(path) for pattern in ("*.tmp", "*.part") for path in Path().rglob(pattern)]


def shell_code(code: int) -> int:
    """The exit code that a shell sees, also of a program that the signal itself has ended."""
    return 128 - code if code < 0 else code


def wait_for(seen) -> None:
    deadline = time.monotonic() + 300
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@both
@pytest.mark.parametrize("old", ["old answers", None])
def test_answers_that_are_still_being_written(runs, number, code, old):
    if old:
        Path("out.csv").write_text(old)
    process = start("predict", "tiny", "-", "--output", "out.csv", stdin=subprocess.PIPE)
    wait_for(left)
    process.send_signal(number)
    done = ended(process)
    assert (shell_code(done.code), done.err, left()) == (code, "", [])
    assert (Path("out.csv").read_text() if old else Path("out.csv").exists()) == (old or False)


@both
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_file_on_its_way_to_the_disk(runs, number, code, command):
    process = start(*command.split(), main=SLOW_DISK)
    next(line for line in process.stderr if "waiting" in line)
    assert left()
    process.send_signal(number)
    assert (shell_code(ended(process).code), left()) == (code, [])


@both
def test_pictures_on_their_way_to_the_cache(number, code):
    from tests.cli.test_bad_pictures import CONFIG, write

    Path("c.yaml").write_text(CONFIG)
    write("tr")
    process = start("lr-find", "c.yaml", main=SLOW_CACHE, environment={"NNFS_CACHE_DIR": "kept"})
    next(line for line in process.stderr if "waiting" in line)
    assert left()
    process.send_signal(number)
    assert (shell_code(ended(process).code), left()) == (code, [])


def test_a_hang_up_that_is_ignored_ends_nothing(runs):
    """As nohup(1) has it."""
    ignoring = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n{QUICK}"
    process = start("predict", "tiny", "-", "--output", "out.csv", main=ignoring, stdin=subprocess.PIPE)
    wait_for(left)
    process.send_signal(signal.SIGHUP)
    process.stdin.write(",".join(["0", "16"] * 32))
    done = ended(process)
    assert (done.code, left(), len(Path("out.csv").read_text().splitlines())) == (0, [], 2)
