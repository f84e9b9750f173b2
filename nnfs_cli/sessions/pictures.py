"""Pictures: what a run shows; where nothing can be drawn, a warning says so and nothing else is lost."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.system.cores import allowed_cores
from nnfs_cli.system.forks import Tell, can_fork, told_by

Draw = Callable[..., bytes]
Things = Sequence[Any]
DrawAll = Callable[[Sequence[Things]], list[Callable[[], bytes]]]


def leave(path: Path, draw: Callable[[], bytes], *, new: bool = False) -> tuple[str, ...]:
    """Draw a picture into a file.

    Args:
        new: refuse to replace what has this name by now.

    Returns:
        A warning if it cannot be drawn: matplotlib may be broken in any way.

    Raises:
        FileExistsError: something has it.
        MachineError: the file cannot be written.
    """
    try:
        picture = draw()
    except Exception as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        return (f"{path}: could not be drawn: {reason}",)
    (durable.create if new else durable.replace)(path, picture)
    return ()


def load_ahead() -> None:
    """Load matplotlib once for all processes that are forked afterwards; where it is broken, they find out."""
    if can_fork():
        with contextlib.suppress(Exception):
            from nnfs_cli import plots  # noqa: F401


@contextlib.contextmanager
def ahead(draw: Draw) -> Iterator[DrawAll]:
    """Load matplotlib on another core while this process works out what there is to draw.

    Args:
        draw: imports matplotlib when it is called; takes things that JSON can hold.

    Yields:
        A function that takes the things of each picture, to be called once. It hands out a function for each, which
        gives the picture. They are drawn in other processes, at the same time, or here where that cannot be.
    """
    if not _worth_a_process():
        yield lambda orders: here(orders, draw)
        return
    reader, writer = os.pipe()
    with contextlib.closing(told_by(1, lambda tell: _draw_later(draw, reader, writer, tell), what="draws")) as pictures:
        try:
            started = _started(pictures)
        finally:
            os.close(reader)
        with open(writer, "w", encoding="utf-8") as file:
            yield lambda orders: _ordered(draw, orders, file, pictures if started else iter(()))


def _worth_a_process() -> bool:
    """Whether there is a core to load matplotlib on, and anything to load."""
    return can_fork() and len(allowed_cores()) > 1 and "nnfs_cli.plots" not in sys.modules


def _draw_later(draw: Draw, reader: int, writer: int, tell: Tell) -> None:
    """The life of the other process: it ends silently where nothing is ordered.

    It draws the first picture, and processes of its own draw the others meanwhile.
    """
    os.close(writer)
    tell("started")
    from nnfs_cli import plots  # noqa: F401

    with open(reader, encoding="utf-8") as file:
        first, *others = json.loads(file.read() or "[null]")
    if first is None:
        return
    drawing = [told_by(1, functools.partial(_draw_now, draw, things), what="draws") for things in others]
    for pictures in drawing:
        _started(pictures)
    tell(_encoded(draw, first))
    for pictures in drawing:
        tell(_told(pictures))


def _draw_now(draw: Draw, things: Sequence[Any], tell: Tell) -> None:
    tell("started")
    tell(_encoded(draw, things))


def _encoded(draw: Draw, things: Sequence[Any]) -> str | None:
    """A picture as text; None if it failed, which is tried in the process that ordered it, where it is explained."""
    with contextlib.suppress(Exception):
        return base64.b64encode(draw(*things)).decode()
    return None


def _started(pictures: Iterator[Any]) -> bool:
    return _told(pictures) == "started"


def _told(pictures: Iterator[Any]) -> Any:
    """What another process tells next; None if it failed or has ended."""
    with contextlib.suppress(OSError, MemoryError, MachineError, StopIteration):
        return next(pictures)
    return None


def _ordered(draw: Draw, orders: Sequence[Things], file: TextIO, pictures: Iterator[Any]) -> list[Callable[[], bytes]]:
    """Order the pictures, and hand out a function for each that waits for it."""
    with contextlib.suppress(OSError), file:
        json.dump(orders, file)

    def picture(things: Things) -> bytes:
        drawn = _told(pictures)
        return draw(*things) if drawn is None else base64.b64decode(drawn)

    return [functools.partial(picture, things) for things in orders]


def picture(kind: str, first: Any, *things: Any) -> bytes:
    """A picture of `plots` as a PNG file: "confusion", "calibration", "ranking" or "values", from things of JSON."""
    from nnfs_cli import plots
    from nnfs_cli.nn.evaluation.calibration import Calibration
    from nnfs_cli.nn.evaluation.confusion import Confusion

    read = {"confusion": Confusion.from_json, "calibration": Calibration.from_json}.get(kind, lambda state: state)
    return getattr(plots, kind)(read(first), *things)


def here(orders: Sequence[Things], draw: Draw = picture) -> list[Callable[[], bytes]]:
    """A function for each picture, which draws it in this process."""
    return [functools.partial(draw, *things) for things in orders]


def draw_curves(path: Path, summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Leave the course of a training, as the tables of its run and its summary tell it; as `leave` does."""

    def draw() -> bytes:
        from nnfs_cli import plots
        from nnfs_cli.runs.tables import blocks
        from nnfs_cli.training.state import monitored

        row = summary["best"]
        best = row and plots.Best(*monitored(row, summary["monitor"]), row)
        return plots.curves(blocks(run.metrics), blocks(run.steps), path.name, best)

    run = RunDirectory(path)
    return leave(run.curves, draw)
