"""Listening: what the interpreter is asked for while a call runs, such as imports, files, processes and sockets."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

EVENTS = (
    *("import", "open", "exec", "code.__new__", "ctypes", "pickle", "marshal", "socket", "urllib", "ftplib", "shutil"),
    *(
        "subprocess",
        "os.system",
        "os.exec",
        "os.fork",
        "os.spawn",
        "os.posix_spawn",
        "os.mkdir",
        "os.remove",
        "os.rename",
    ),
    *("os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "tempfile"),
)
Heard = list[tuple[str, Any]]

_HEARD: Heard = []
_LISTENING = [False]
sys.addaudithook(lambda event, arguments: _HEARD.append((event, arguments)) if _LISTENING[0] else None)


def listened(function: Callable[..., Any], *arguments: Any) -> tuple[BaseException | None, Heard]:
    """What a call raises, and every import, file, process and socket that it asks for."""
    _HEARD.clear()
    _LISTENING[0] = True
    try:
        function(*arguments)
        raised = None
    except Exception as error:
        raised = error
    finally:
        _LISTENING[0] = False
    return raised, [(event, arguments) for event, arguments in _HEARD if event.startswith(EVENTS)]


def besides(path: Path, heard: Heard) -> Heard:
    """What was heard, without reading the file at `path` or files below it and the system's counts of memory."""
    allowed = (path, Path("/proc/self"), Path("/proc/meminfo"), Path("/sys/fs/cgroup"))
    return [
        (event, arguments)
        for event, arguments in heard
        if not (event == "open" and any(_reads(one, *arguments) for one in allowed))
    ]


def _reads(path: Path, opened: Any, mode: Any, flags: int) -> bool:
    writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return not writes and Path(os.fsdecode(opened)).resolve().is_relative_to(path.resolve())
