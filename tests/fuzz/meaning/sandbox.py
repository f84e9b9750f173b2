"""Sandbox: one command in a process of its own, watched for everything that no command may do."""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.cli import pictures, terminal
from nnfs_cli.cli.main import run

CODES = {0, 2, 3, 4, 5, 6, 129, 130, 143}
SECONDS, PATIENCE = 5.0, 40.0
"""Of processor time, and of waiting for a process that sleeps."""
LARGEST, ADDRESSES = 1 << 30, 2 << 30
LONGEST_LINE = 450
PROGRAM = Path(sys.executable).with_name("nnfs")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown"),
    *("os.truncate", "os.utime"),
}
FORBIDDEN = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "socket.", "ctypes.dlopen")
_WORDS = re.compile(r"Traceback|Warning:|warnings\.warn|Exception ignored|panicked|Fatal Python")


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Attributes:
        seconds: of processor time.
        peak: bytes in memory.
        wrong: what it may not do and did; empty if all is well.
    """

    code: int
    out: str
    err: str
    seconds: float
    peak: int
    wrong: str


def attempt(arguments: Sequence[str], folder: Path, *, program: bool = False, draws: bool = True) -> Outcome:
    """Carry out a command in a folder, which alone it may change.

    Args:
        arguments: of the command; "-" reads the file `stdin` of the folder.
        program: start the program anew instead of calling its function.
        draws: whether pictures are drawn, which takes most of the time.
    """
    begun = {name: folder.with_name(f"{folder.name}.{name}") for name in ("out", "err", "seen")}
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        child = os.fork()
    if child == 0:
        _be_the_command(list(arguments), folder, begun, program, draws)
    status, usage, slept = _wait(child)
    code = os.waitstatus_to_exitcode(status)
    texts = {name: path.read_text("utf-8", "replace") if path.exists() else "" for name, path in begun.items()}
    outcome = Outcome(code, texts["out"], texts["err"], usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10, "")
    return _judged(outcome, texts["seen"], slept, _is_left(child))


def _judged(outcome: Outcome, seen: str, slept: bool, left: bool) -> Outcome:
    lines = outcome.err.splitlines()
    faults = {
        f"exit code {outcome.code}": outcome.code not in CODES,
        "a word of Python": bool(_WORDS.search(outcome.err)),
        f"took {outcome.seconds:.1f} s": outcome.seconds > SECONDS,
        "hangs": slept,
        f"took {outcome.peak >> 20} MiB": outcome.peak > LARGEST,
        "out of memory": "out of memory" in outcome.err,
        f"reached outside: {seen[:300]}": bool(seen),
        "left a process": left,
        "a long line": any(len(line) > LONGEST_LINE for line in lines),
        "many lines": len(lines) > 100,
        "failed without a word": outcome.code != 0 and not outcome.err.strip(),
        "an escape sequence": not all(line.isprintable() for line in outcome.err.replace("\t", "").split("\n")),
    }
    return Outcome(**{**vars(outcome), "wrong": "; ".join(fault for fault, found in faults.items() if found)})


def _wait(child: int) -> tuple[int, Any, bool]:
    """Status and resources of a process, and whether it had to be killed."""
    end, pause = time.monotonic() + PATIENCE, 0.0005
    while time.monotonic() < end:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage, False
        time.sleep(pause)
        pause = min(2 * pause, 0.01)
    os.killpg(child, signal.SIGKILL)
    return *os.wait4(child, 0)[1:], True


def _is_left(group: int) -> bool:
    """Whether a process of this group lives on, after some time to end; it is killed."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.01)
    os.killpg(group, signal.SIGKILL)
    return True


def _be_the_command(arguments: list[str], folder: Path, files: dict[str, Path], program: bool, draws: bool) -> None:
    code = 99
    try:
        os.setsid()
        _redirect(folder, files)
        os.chdir(folder)
        size = int(Path("/proc/self/statm").read_text().split()[0]) << 12
        resource.setrlimit(resource.RLIMIT_AS, ((0 if program else size) + ADDRESSES, resource.RLIM_INFINITY))
        if program:
            os.execv(PROGRAM, [str(PROGRAM), *arguments])
        if not draws:
            pictures.leave = lambda path, draw: None
        _listen(folder, os.open(files["seen"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
        code = run(arguments)
        terminal.flush()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 98
    except BaseException:
        traceback.print_exc()
        terminal.flush()
    finally:
        os._exit(code)


def _redirect(folder: Path, files: dict[str, Path]) -> None:
    """Standard streams into files, warnings as a user sees them."""
    given = folder / "stdin"
    os.dup2(os.open(given if given.exists() else os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(files[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
    terminal.prepare_streams()
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    warnings.showwarning = lambda text, kind, *where: print(f"{kind.__name__}: {text} {where[:2]}", file=sys.stderr)


def _listen(folder: Path, seen: int) -> None:
    """Note every change outside a folder, and every program, library and socket that is asked for."""
    inside, rest = os.path.realpath(folder) + os.sep, ("/dev/null", "/dev/tty")

    def is_inside(path: Any) -> bool:
        if isinstance(path, int):
            return True
        real = os.path.realpath(os.path.dirname(os.path.abspath(os.fsdecode(path))))
        return (real + os.sep).startswith(inside) or os.fsdecode(path) in rest

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            wrong = bool(flags & WRITES) and not (is_inside(path) and _stays(path, inside, rest))
        else:
            paths = [a for a in arguments[:2] if isinstance(a, (str, bytes, os.PathLike))]
            if event == "os.symlink":
                paths = paths[1:]
            wrong = event.startswith(FORBIDDEN) or (event in CHANGES and not all(map(is_inside, paths)))
        if wrong:
            os.write(seen, f"{event} {arguments!r}\n".encode(errors="replace"))

    sys.addaudithook(hear)


def _stays(path: Any, inside: str, rest: tuple[str, ...]) -> bool:
    """Whether what is opened for writing lies inside, links followed."""
    if isinstance(path, int):
        return True
    return os.path.realpath(path).startswith(inside) or os.fsdecode(path) in rest
