"""Standard streams that are closed, full, not read or narrow, no terminal and no home: for every command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.program import QUICK, Done, ended, shell, start

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")

COMMANDS = {
    "train": "train tiny.yaml --set training.epochs=1",
    "evaluate": "evaluate tiny",
    "predict": "predict tiny x.npy --top 3",
    "lr-find": "lr-find tiny.yaml --steps 60",
    "check": "check tiny.yaml",
    "help": "--help",
    "version": "--version",
}
"""Every command with its answer on standard output."""


@pytest.fixture(autouse=True)
def inputs(runs):
    """Three digits."""
    np.save("x.npy", np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8))


def all_at_once(redirection: str) -> dict[str, Done]:
    """Every command with this redirection, side by side; its own exit code, and what it said."""
    Path("program.py").write_text(QUICK)
    lines = [
        f"(nnfs {arguments} {redirection}; exit ${{PIPESTATUS[0]}}) 2>{name}.err; echo $? >{name}.code"
        for name, arguments in COMMANDS.items()
    ]
    function = f'nnfs() {{ {sys.executable} program.py "$@"; }}\n'
    out = shell(function + " & ".join(lines) + " & wait").out
    return {
        name: Done(int(Path(f"{name}.code").read_text()), out, Path(f"{name}.err").read_text()) for name in COMMANDS
    }


def assert_calm(text: str) -> None:
    """Neither an alarm nor anything that only a terminal understands."""
    assert not set(text) & {"\r", "\x1b", "\b"}
    assert not any(word in text for word in ("Traceback", "Exception", "Error", "Warning", "Broken pipe"))


def assert_the_work_was_done() -> None:
    """Training, evaluation and range test left their files."""
    assert Path("runs/tiny-1/curves.png").exists()
    assert Path("runs/tiny/evaluation-test.json").exists()
    assert Path("runs/tiny-lr-find-1/lr_find.json").exists()


@pytest.mark.parametrize("redirection", ["<&- >&- 2>&-", pytest.param("2>/dev/full | true", marks=full)])
def test_closed_or_unread_streams(redirection):
    """`nnfs … | head -1`, closed or full stdout, no terminal, ASCII-only terminal, no HOME, `NO_COLOR`"""
    for name, done in all_at_once(redirection).items():
        assert done.code == 0, (name, done)
        assert_calm(done.err)
    assert_the_work_was_done()


@full
def test_full_stdout():
    """closed or full stdout: the work is done all the same; that its answer is lost is an error"""
    for name, done in all_at_once(">/dev/full").items():
        assert done.code == 6, (name, done)
        assert done.err.splitlines()[-1] == "standard output: cannot be written: No space left on device.", name
        assert_calm(done.err)
    assert_the_work_was_done()


def test_head_reads_one_line():
    """`nnfs … | head -1`"""
    done = shell('nnfs check tiny.yaml | head -1; echo "${PIPESTATUS[*]}"')
    assert done.out == "tiny.yaml: valid; examples of shape (1, 8, 8), 10 classes\n0 0\n"
    assert done.err == ""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb"},
    ],
    ids=["an encoding", "a locale"],
)
def test_ascii_only_terminal(environment):
    """ASCII-only terminal: no UnicodeEncodeError"""
    Path("größe.yaml").write_bytes(Path("tiny.yaml").read_bytes())
    Path("x.npy").rename("数.npy")
    commands = [
        ("train", "größe.yaml", "--set", "training.epochs=1"),
        ("predict", "tiny", "数.npy", "--output", "größe.csv"),
        ("predict", "tiny", "数.npy"),
        ("check", "größe.yaml", "--set", "sæd=1"),
    ]
    processes = [start(*command, environment=environment) for command in commands]
    trained, written, printed, checked = map(ended, processes)
    assert [trained.code, written.code, printed.code, checked.code] == [0, 0, 0, 2]
    if "PYTHONIOENCODING" in environment:
        assert trained.out == "runs/gr\\xf6\\xdfe-1\n"
    assert Path("runs/größe-1/curves.png").exists()
    assert Path("größe.csv").exists()
    for done in (trained, written, printed, checked):
        assert_calm(done.out + done.err)
    assert printed.out.isascii()


def test_no_home(tmp_path, monkeypatch):
    """no HOME: none that can be written to, which the program that draws pictures would like to do"""
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    environment = {"TMPDIR": str(tmp_path), "HOME": "/dev/null"}
    done = ended(start("train", "tiny.yaml", "--quiet", environment=environment))
    assert (done.code, done.out) == (0, "runs/tiny-1\n")
    assert Path("runs/tiny-1/curves.png").exists()


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_no_color(variable, coloured):
    """`NO_COLOR`: errors and warnings are plain on a terminal too"""
    watcher, terminal = os.openpty()
    environment = {"NO_COLOR": variable, "NNFS_OFFLINE": "1"}
    data = "dataset={type: mnist, fallback: digits, limit: 100}"
    arguments = ("train", "tiny.yaml", "--quiet", "--set", data, "--set", "training.max_steps=1")
    process = start(*arguments, stderr=terminal, environment=environment)
    os.close(terminal)
    shown = _shown(watcher)
    assert ended(process).code == 0
    assert "warning: mnist is neither in data/mnist nor downloadable" in shown
    assert ("\x1b[33m" in shown) is coloured


def _shown(watcher: int) -> str:
    """All that a terminal shows until the program is gone."""
    with open(watcher, "rb", buffering=0) as stream:
        return b"".join(iter(lambda: _piece(stream), b"")).decode(errors="replace")


def _piece(stream: Any) -> bytes:
    try:
        return stream.read(65536)
    except OSError:
        return b""
