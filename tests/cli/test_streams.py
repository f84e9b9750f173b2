"""Standard streams that are closed, full, not read, narrow, or no terminal: a training is never lost for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.cli.program import MAIN, ended, shell, start

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def assert_trained() -> None:
    assert Path("runs/tiny-1/curves.png").exists()


@pytest.mark.parametrize(
    ("redirection", "code"),
    [
        (">&-", 0),
        ("2>&-", 0),
        pytest.param("2>/dev/full", 0, marks=full),
        ("| true", 0),
    ],
)
def test_a_training_ends_well(redirection, code):
    """All streams closed at once, and an answer that is lost: `tests/fault_table/test_streams.py`."""
    done = shell(f"nnfs train tiny.yaml {redirection}; exit ${{PIPESTATUS[0]}}")
    assert done.code == code
    assert "Traceback" not in done.err
    assert "Exception" not in done.err
    assert done.out in ("", "runs/tiny-1\n")
    assert_trained()


@full
def test_a_full_disk_is_named():
    done = shell("nnfs check tiny.yaml >/dev/full")
    assert (done.code, done.err) == (6, "standard output: cannot be written: No space left on device.\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("", 6), ("--format jsonl", 6), ("--output out.csv", 0), ("--output out.csv 2>&-", 0), ("2>&-", 0)],
)
def test_predictions_to_a_closed_standard_output(runs, arguments, code):
    done = shell(f"echo {','.join(['0', '16'] * 32)} >rows.csv; nnfs predict tiny rows.csv {arguments} >&-")
    lost = "standard output: is closed, so the answers would be lost. Redirect it, or give --output.\n"
    assert done.code == code
    assert (done.err == lost) is (code == 6)
    assert Path("out.csv").exists() is ("--output" in arguments)


def test_predictions_stop_when_nobody_reads_them(runs):
    done = shell('yes "$(seq -s, 64)" | nnfs predict tiny - | head -1; echo "${PIPESTATUS[1]}"')
    assert (done.out, done.err) == ("source,label,probability,error\n0\n", "")


def test_almost_no_environment():
    done = shell(f"env -i PYTHONPATH=$PYTHONPATH {sys.executable} -c '{MAIN}' train tiny.yaml --quiet")
    assert (done.code, done.out, done.err) == (0, "runs/tiny-1\n", "")


@pytest.mark.parametrize(
    ("steps", "ending"), [("null", "completed: 2 epochs"), ("1", "completed (max_steps): 1 epoch,")]
)
def test_a_terminal_gets_bars(monkeypatch, steps, ending):
    from fcntl import ioctl
    from struct import pack
    from termios import TIOCSWINSZ

    more = ("--set", f"training.max_steps={steps}")
    watcher, terminal = os.openpty()
    ioctl(terminal, TIOCSWINSZ, pack("HHHH", 24, 100, 0, 0))
    monkeypatch.delenv("NO_COLOR", raising=False)
    process = start("train", "tiny.yaml", "--set", "dataset.fallback=digits", *more, stderr=terminal)
    os.close(terminal)
    shown = read_all(watcher)
    assert ended(process).code == 0
    assert "training:" in shown
    assert "epoch:" in shown
    assert "100%" in shown
    assert (" 2/2 " if steps == "null" else " 1/1 ") in shown
    assert ending in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_errors_are_red_on_a_terminal_unless_told_otherwise(no_color, coloured):
    watcher, terminal = os.openpty()
    process = start("check", "missing.yaml", stderr=terminal, environment={"NO_COLOR": no_color})
    os.close(terminal)
    assert ("\x1b[31m" in read_all(watcher)) is coloured
    assert ended(process).code == 2


def read_all(watcher: int) -> str:
    """All that a terminal shows until the program is gone."""
    shown = b""
    while piece := _read(watcher):
        shown += piece
    os.close(watcher)
    return shown.decode(errors="replace")


def _read(watcher: int) -> bytes:
    try:
        return os.read(watcher, 65536)
    except OSError:
        return b""
