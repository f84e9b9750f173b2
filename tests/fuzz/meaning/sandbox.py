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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.cli import terminal
from nnfs_cli.cli.main import run
from nnfs_cli.sessions import pictures

CODES = {0, 2, 3, 4, 5, 6, 129, 130, 143}
SECONDS, PATIENCE = 20.0, 120.0
"""Of processor time, and of waiting for a process that sleeps."""
LARGEST, ADDRESSES = 1 << 30, 2 << 30
LONGEST_LINE = 450
PROGRAM = Path(sys.executable).with_name("nnfs")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown"),
    *("os.truncate", "os.utime"),
}
DEVICES = ("/dev/null", "/dev/tty")
FORBIDDEN = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "socket.", "ctypes.dlopen")
LEAVE = pictures.leave
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
    begun = files_of(folder)
    for path in begun.values():
        path.unlink(missing_ok=True)
    child = fork()
    if child == 0:
        _be_the_command(list(arguments), folder, begun, program, draws)
    status, usage, slept = wait(child, PATIENCE)
    code = os.waitstatus_to_exitcode(status)
    outcome = Outcome(code, "", "", usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10, "")
    return judged(outcome, begun, hangs=slept, left=is_left(child))


def fork() -> int:
    """As `os.fork`, with nothing in the buffers that would be written twice."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return os.fork()


def files_of(folder: Path) -> dict[str, Path]:
    """The files beside a folder for what a command says and for what is noted of it."""
    return {name: folder.with_name(f"{folder.name}.{name}") for name in ("out", "err", "seen")}


def judged(outcome: Outcome, files: dict[str, Path], *, hangs: bool = False, left: bool = False) -> Outcome:
    """The outcome with what the command said, and what it may not do and did."""
    out, err, seen = (path.read_text("utf-8", "replace") if path.exists() else "" for path in files.values())
    faults = {
        f"exit code {outcome.code}": outcome.code not in CODES,
        "a word of Python": bool(_WORDS.search(err)),
        f"took {outcome.seconds:.1f} s": outcome.seconds > SECONDS,
        "hangs": hangs,
        f"took {outcome.peak >> 20} MiB": outcome.peak > LARGEST,
        "out of memory": "out of memory" in err,
        f"reached outside: {seen[:300]}": bool(seen),
        "left a process": left,
        "a long line": any(len(line) > LONGEST_LINE for line in err.splitlines()),
        "many lines": err.count("\n") > 100,
        "failed without a word": outcome.code != 0 and not err.strip(),
        "an escape sequence": not all(line.isprintable() for line in err.replace("\t", "").split("\n")),
    }
    wrong = "; ".join(fault for fault, found in faults.items() if found)
    return Outcome(outcome.code, out, err, outcome.seconds, outcome.peak, wrong)


def wait(child: int, patience: float) -> tuple[int, Any, bool]:
    """Status and resources of a process, and whether it had to be killed."""
    end, pause = time.monotonic() + patience, 0.0005
    while time.monotonic() < end:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage, False
        time.sleep(pause)
        pause = min(2 * pause, 0.01)
    os.killpg(child, signal.SIGKILL)
    return *os.wait4(child, 0)[1:], True


def is_left(group: int) -> bool:
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
        bound_memory(program)
        if program:
            _redirect(folder, files)
            os.execv(PROGRAM, [str(PROGRAM), *arguments])
        code = call(arguments, folder, files, Listener(folder), draws)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def bound_memory(program: bool = False) -> None:
    """Let this process, or the program that takes its place, have 2 GiB more of addresses."""
    size = 0 if program else int(Path("/proc/self/statm").read_text().split()[0]) << 12
    resource.setrlimit(resource.RLIMIT_AS, (size + ADDRESSES, resource.RLIM_INFINITY))


def call(arguments: list[str], folder: Path, files: dict[str, Path], listener: Listener, draws: bool) -> int:
    """The exit code of a command that is carried out in this process, with standard streams of its own."""
    _redirect(folder, files)
    pictures.leave = LEAVE if draws else lambda path, draw: ()
    listener.seen = os.open(files["seen"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    try:
        return run(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 98
    except BaseException:
        traceback.print_exc()
        return 99
    finally:
        terminal.flush()
        os.close(listener.seen)
        listener.seen = None


def _redirect(folder: Path, files: dict[str, Path]) -> None:
    """Standard streams into files, warnings as a user sees them, and the folder to work in."""
    os.chdir(folder)
    given = folder / "stdin"
    os.dup2(os.open(given if given.exists() else os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(files[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
    terminal.prepare_streams()
    warnings.resetwarnings()
    warnings.simplefilter("always")
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    warnings.showwarning = lambda text, kind, *where: print(f"{kind.__name__}: {text} {where[:2]}", file=sys.stderr)


class Listener:
    """Notes every change outside a folder, and every program, library and socket that is asked for.

    Attributes:
        seen: the file for the notes; None while nobody listens.
    """

    def __init__(self, folder: Path):
        self.seen: int | None = None
        self._inside = os.path.realpath(folder) + os.sep
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.seen is not None and self._is_wrong(event, arguments):
            os.write(self.seen, f"{event} {arguments!r}\n".encode(errors="replace"))

    def _is_wrong(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open":
            return bool(arguments[2] & WRITES) and not self._may_be_changed(os.path.realpath, arguments[0])
        if event not in CHANGES:
            return event.startswith(FORBIDDEN)
        paths = [path for path in arguments[:2] if isinstance(path, (str, bytes, os.PathLike))]
        return not all(self._may_be_changed(_place, path) for path in paths[event == "os.symlink" :])

    def _may_be_changed(self, real: Callable[[Any], str], path: Any) -> bool:
        return isinstance(path, int) or path in DEVICES or real(os.fsdecode(path)).startswith(self._inside)


def _place(path: str) -> str:
    """Where a name lies, links to its folder followed, and those behind it not."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)
