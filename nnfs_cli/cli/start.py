"""Start: the program `nnfs`, which exits silently on Ctrl-C during start-up."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C kills the program, as SIGTERM does. An exception could be lost in the middle of an import."""
    handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def main() -> None:
    """Import the program and run it."""
    with ended_by_ctrl_c():
        from nnfs_cli.cli.main import main as program
    try:
        program()
    except KeyboardInterrupt:
        os._exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
