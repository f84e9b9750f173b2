"""Forking: the program in a process that is split from the tests, which have imported it; several times as fast.

For what happens once it runs. What a start is like is asked of `tests.cli.program.start`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import traceback
import warnings
from typing import Any, NoReturn

import nnfs_cli
from tests.cli.program import QUICK, hear_signals

STREAMS = 3


def start(*arguments: str, main: str = QUICK, environment: dict[str, str] | None = None, **streams: Any) -> Any:
    """As `tests.cli.program.start`."""
    variables = {**os.environ, **(environment or {})}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", **streams}
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return subprocess.Popen([sys.executable], preexec_fn=lambda: _live(main, arguments, variables), **pipes)


def _live(main: str, arguments: tuple[str, ...], variables: dict[str, str]) -> NoReturn:
    """The life of the process: it never returns into the tests, and never becomes the program that was asked for."""
    code = 1
    try:
        os.closerange(STREAMS, 1 << 16)
        gc.freeze()
        os.environ.clear()
        os.environ.update(variables)
        _begin_like_python(arguments)
        exec(main, {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _begin_like_python(arguments: tuple[str, ...]) -> None:
    """Arguments, streams, warnings and signals as a program finds them; no picture was drawn yet."""
    sys.argv = ["-c", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    hear_signals()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.modules.pop("nnfs_cli.plots", None)
    vars(nnfs_cli).pop("plots", None)
