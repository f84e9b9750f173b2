"""Ctrl-C while bars are drawn: what is said stands on lines of its own, and nothing is left of the bars."""

from __future__ import annotations

import os
import pty
import re
import sys
import termios
from fcntl import ioctl
from struct import pack
from termios import TIOCSWINSZ

import pytest

from nnfs_cli.cli.display import Bars
from tests.cli.program import QUICK, ROOT, hear_signals

ENDLESS = ("train", "tiny.yaml", "--set", "training.epochs=1000000", "--workers", "1")
PROGRAM = {**os.environ, "PYTHONPATH": str(ROOT), "NNFS_OFFLINE": "1", "NO_COLOR": "1", "TERM": "xterm"}
EPOCH = re.compile(r" *\d+(/1000000)?  .*( best)?")
ENDING = [
    "stopping after this step and saving; press Ctrl-C again to stop at once",
    r"interrupted: \d+ epochs, .* s of training",
    r"best epoch: \d+, val_loss .*",
    "go on with: nnfs train --resume runs/tiny-1",
    "runs/tiny-1",
]


class Screen:
    """What a terminal shows: printed characters, and the moves of the cursor that bars use."""

    def __init__(self) -> None:
        self._rows, self._row, self._column = [""], 0, 0

    def show(self, text: str) -> list[str]:
        """The lines on the screen after all of the text."""
        text = text.replace("\x1b[A", "\x00")
        for character in text:
            self._put(character)
        return [row.rstrip() for row in self._rows]

    def _put(self, character: str) -> None:
        if character == "\x00":
            self._row -= 1
        elif character == "\r":
            self._column = 0
        elif character == "\n":
            self._row, self._column = self._row + 1, self._column
            self._rows += [""] * (self._row + 1 - len(self._rows))
        else:
            row = self._rows[self._row].ljust(self._column)
            self._rows[self._row] = row[: self._column] + character + row[self._column + 1 :]
            self._column += 1


def until_it_ends(*arguments: str, interrupt_at: bytes) -> tuple[int, list[str]]:
    """The exit code, and the screen after a program was interrupted by the keyboard when a text was seen."""
    child, watcher = pty.fork()
    if child == 0:
        hear_signals()
        show_no_keys()
        os.execve(sys.executable, [sys.executable, "-c", QUICK, *arguments], PROGRAM)
    ioctl(watcher, TIOCSWINSZ, pack("HHHH", 24, 110, 0, 0))
    shown, pressed = b"", False
    while piece := read(watcher):
        shown += piece
        if not pressed and interrupt_at in shown:
            pressed = bool(os.write(watcher, b"\x03"))
    os.close(watcher)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), Screen().show(shown.decode())


def show_no_keys() -> None:
    """Let the terminal not write ^C, which it does anywhere between the lines of the program."""
    settings = termios.tcgetattr(0)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(0, termios.TCSANOW, settings)


def read(watcher: int) -> bytes:
    """What has come; nothing when the program is gone."""
    try:
        return os.read(watcher, 65536)
    except OSError:
        return b""


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_what_is_said_stands_on_lines_of_its_own():
    code, screen = until_it_ends(*ENDLESS, interrupt_at=b"   20  ")
    assert code == 130
    rest = [line for line in screen[3:] if line and not EPOCH.fullmatch(line)]
    assert len(rest) == len(ENDING)
    for line, said in zip(rest, ENDING, strict=True):
        assert re.fullmatch(said, line)


def test_a_signal_in_the_middle_of_drawing_waits_for_its_end(monkeypatch, capsys):
    bars, order = Bars(), []
    monkeypatch.setattr(bars, "_say_urgent", lambda: order.append("said"))
    with bars._whole():
        bars.interject("stopping")
        order.append("drawn")
    assert order == ["drawn", "said"]
    assert capsys.readouterr().err == ""
