"""Pictures: what a run shows; where nothing can be drawn, a warning says so and nothing else is lost."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.system.cores import allowed_cores
from nnfs_cli.system.forks import Tell, can_fork, told_by

Draw = Callable[..., bytes]


def leave(path: Path, draw: Callable[[], bytes]) -> tuple[str, ...]:
    """Draw a picture into a file.

    Returns:
        A warning if it cannot be drawn: matplotlib may be broken in any way.

    Raises:
        MachineError: the file cannot be written.
    """
    try:
        picture = draw()
    except Exception as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        return (f"{path}: could not be drawn: {reason}",)
    durable.replace(path, picture)
    return ()


def load_ahead() -> None:
    """Load matplotlib once for all processes that are forked afterwards; where it is broken, they find out."""
    if can_fork():
        with contextlib.suppress(Exception):
            from nnfs_cli import plots  # noqa: F401


@contextlib.contextmanager
def ahead(draw: Draw) -> Iterator[Draw]:
    """Load matplotlib on another core while this process works out what there is to draw.

    Args:
        draw: imports matplotlib when it is called; takes things that JSON can hold.

    Yields:
        The same function, to be called once. It draws in the other process, or here where that cannot.
    """
    if not _worth_a_process():
        yield draw
        return
    reader, writer = os.pipe()
    with contextlib.closing(told_by(1, lambda tell: _draw_later(draw, reader, writer, tell), what="draws")) as pictures:
        try:
            started = _started(pictures)
        finally:
            os.close(reader)
        with open(writer, "w", encoding="utf-8") as orders:
            yield lambda *things: (started and _drawn(pictures, orders, things)) or draw(*things)


def _worth_a_process() -> bool:
    """Whether there is a core to load matplotlib on, and anything to load."""
    return can_fork() and len(allowed_cores()) > 1 and "nnfs_cli.plots" not in sys.modules


def _draw_later(draw: Draw, reader: int, writer: int, tell: Tell) -> None:
    """The life of the other process: it ends silently where nothing is ordered."""
    os.close(writer)
    tell("started")
    from nnfs_cli import plots  # noqa: F401

    with open(reader, encoding="utf-8") as orders:
        if order := orders.read():
            tell(base64.b64encode(draw(*json.loads(order))).decode())


def _started(pictures: Iterator[Any]) -> bool:
    with contextlib.suppress(OSError, MemoryError, MachineError):
        return next(pictures) == "started"
    return False


def _drawn(pictures: Iterator[Any], orders: Any, things: tuple[Any, ...]) -> bytes | None:
    """What the other process draws; None if it failed, which is tried here, where it may go well or is explained."""
    with contextlib.suppress(OSError, MemoryError, MachineError, StopIteration):
        with orders:
            json.dump(things, orders)
        return base64.b64decode(next(pictures))
    return None


def confusion(counts: dict[str, Any], classes: Sequence[str], title: str) -> bytes:
    """The confusion matrix, from what `Confusion.to_json` gives, as a PNG file."""
    from nnfs_cli import plots
    from nnfs_cli.nn.confusion import Confusion

    return plots.confusion(Confusion.from_json(counts), tuple(classes), title)


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
