"""Terminal: how text reaches people. Answers go to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click


def prepare_streams() -> None:
    """Never fail because a terminal lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """Hand over what is still in memory; whoever has stopped listening is not our problem."""
    try:
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def is_terminal() -> bool:
    """Whether somebody watches standard error as it comes."""
    return sys.stderr is not None and sys.stderr.isatty()


def answer(text: str) -> None:
    """What was asked for, on standard output."""
    print(text)


def answer_text(text: str) -> None:
    """A piece of what was asked for, whose lines are complete."""
    sys.stdout.write(text)


def answer_json(thing: Any) -> None:
    """What was asked for, as one JSON object on one line."""
    print(json.dumps(thing, allow_nan=False))


def say(text: str = "") -> None:
    """What people may want to know."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """What people should know."""
    say(_coloured(f"warning: {text}", "yellow"))


def error(text: str) -> None:
    """What went wrong."""
    say(_coloured(text, "red"))


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
    """A measured number as people read it; a dash for none."""
    return "-" if value is None else f"{value:.{digits}g}"


def percent(value: float | None) -> str:
    """A share as people read it; a dash for none."""
    return "-" if value is None else f"{100 * value:.2f} %"


def step_bar(title: str, steps: int) -> Any:
    """A bar over some steps, to be entered; nothing without a terminal."""
    from tqdm import tqdm

    return tqdm(desc=title, total=steps, unit="step", file=sys.stderr, disable=not is_terminal(), leave=False)


def download_bar(name: str) -> Any:
    """A bar with pooch's interface (total, update, reset, close); without a terminal one line that says what comes."""
    from tqdm import tqdm

    if not is_terminal():
        say(f"downloading {name}")
    return tqdm(desc=name, unit="B", unit_scale=True, file=sys.stderr, disable=not is_terminal())
