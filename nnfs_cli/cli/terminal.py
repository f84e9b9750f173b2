"""Terminal: how text reaches people. Answers go to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import click

from nnfs_cli.errors import MachineError
from nnfs_cli.text import harmless, harmless_lines, line_of, lines_of

LARGEST_WRITTEN_OUT = 1e9
SECONDS_BEFORE_BARS, SECONDS_BEFORE_LINES = 0.5, 2.0


def prepare_streams() -> None:
    """Never fail because a stream is closed, or a terminal lacks a character; never lose what a full disk cuts off."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
    if isinstance(sys.stdout.buffer, io.RawIOBase):
        sys.stdout = _buffered(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


def _buffered(stream: TextIO) -> TextIO:
    """The stream over a buffer: without one, as PYTHONUNBUFFERED has it, nobody sees that a write was cut short."""
    return open(stream.fileno(), "w", encoding=stream.encoding, closefd=False)


def require_output() -> None:
    """For a command whose answer is kept nowhere else. Who closed standard error too, as daemons do, asks for none.

    Raises:
        MachineError: standard output alone was closed when the program began.
    """
    closed = [getattr(stream, "name", None) == os.devnull for stream in (sys.stdout, sys.stderr)]
    if closed == [True, False]:
        raise MachineError("standard output: is closed, so the answers would be lost. Redirect it, or give --output.")


def flush() -> None:
    """Forget what the streams did not take; there is an exit code for it already."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal() -> bool:
    """Whether somebody watches standard error as it comes."""
    return sys.stderr.isatty()


def answer(text: str) -> None:
    """What was asked for, on standard output; that nobody reads it any more is no failure.

    Raises:
        MachineError: standard output takes no more, such as a file on a full disk.
    """
    with contextlib.suppress(BrokenPipeError):
        answer_text(f"{text}\n")


def answer_text(text: str) -> None:
    """A piece of what was asked for, whose lines are complete; a terminal gets nothing that it would obey.

    Raises:
        BrokenPipeError: nobody reads any more.
        MachineError: standard output takes no more, such as a file on a full disk.
    """
    try:
        sys.stdout.write(harmless_lines(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise MachineError(f"standard output: cannot be written: {error.strerror}.") from None


def answer_json(thing: Any) -> None:
    """What was asked for, as one JSON object on one line."""
    answer(json.dumps(thing, allow_nan=False))


def say(text: str = "") -> None:
    """What people may want to know; a training goes on when they no longer can."""
    _write(harmless_lines(text))


def _write(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def interject(text: str) -> None:
    """Something urgent, on a line of its own even if a bar is being drawn."""
    say(f"\n{text}" if is_terminal() else text)


def warn(text: str) -> None:
    """What people should know."""
    _write(_coloured(line_of(f"warning: {text}"), "yellow"))


def error(*messages: str) -> None:
    """What went wrong: a line for each message, of bounded length and number."""
    _write(_coloured("\n".join(lines_of(messages)), "red"))


def _coloured(text: str, colour: str) -> str:
    return click.style(text, fg=colour) if is_terminal() and not os.environ.get("NO_COLOR") else text


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Columns of equal width under their heads, the first `left` of them flush left, the others flush right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(_line(line, widths, left) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = [
        cell.ljust(width) if column < left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def number(value: float | None, digits: int = 4) -> str:
    """A measured number as people read it, large ones without a power of ten; a dash for none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if 10**digits <= abs(value) < LARGEST_WRITTEN_OUT else f"{value:.{digits}g}"


def percent(value: float | None) -> str:
    """A share as people read it; a dash for none."""
    return "-" if value is None else f"{100 * value:.2f} %"


def bars() -> Any:
    """tqdm with a lock of threads: one of processes, its default, starts a process of its own on some systems."""
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())
    tqdm.monitor_interval = 0
    return tqdm


def step_bar(title: str, steps: int) -> Any:
    """A bar over some steps, to be entered; nothing without a terminal."""
    return bars()(desc=title, total=steps, unit="step", file=sys.stderr, disable=not is_terminal(), leave=False)


def download_bar(name: str) -> Any:
    """A bar with pooch's interface (total, update, reset, close); without a terminal one line that says what comes."""
    if not is_terminal():
        say(f"downloading {name}")
    return bars()(desc=name, unit="B", unit_scale=True, file=sys.stderr, disable=not is_terminal())


def picture_bar(name: str, count: int) -> Any:
    """A bar over the pictures of a folder, to be entered; without a terminal one line. Both only if it takes long."""
    if not is_terminal():
        return _LateLine(f"reading {count:,} pictures of {name}")
    shown = {"file": sys.stderr, "dynamic_ncols": True, "leave": False, "delay": SECONDS_BEFORE_BARS}
    return bars()(desc=harmless(name), total=count, unit="picture", **shown)


class _LateLine(contextlib.nullcontext):
    """Stands in for a bar: says a line once some seconds have gone."""

    def __init__(self, text: str):
        super().__init__(self)
        self._text: str | None = text
        self._began = time.monotonic()

    def update(self, count: int) -> None:
        if self._text is not None and time.monotonic() - self._began > SECONDS_BEFORE_LINES:
            say(self._text)
            self._text = None
