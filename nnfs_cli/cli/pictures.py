"""Pictures: what a command draws beside its answer; where nothing can be drawn, that is said and costs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnfs_cli.cli import terminal


def leave(path: Path, draw: Callable[[], bytes]) -> None:
    """Draw a picture into a file, or warn that it cannot be drawn: matplotlib may be broken in any way.

    Raises:
        MachineError: the file cannot be written.
    """
    from nnfs_cli.runs import durable

    try:
        picture = draw()
    except Exception as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        terminal.warn(f"{path}: could not be drawn: {reason}")
        return
    durable.replace(path, picture)
