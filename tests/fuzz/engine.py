"""Engine: reads one damaged file after another in a process of its own, whose time and memory are bounded.

A process that hangs, crashes or asks for too much is seen from outside: it notes the number of each input in shared
memory before it reads it, so that what it died of can be made again; a new process goes on behind it.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import resource
import signal
import struct
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nnfs_cli.errors import NnfsError
from tests.fuzz.targets import Reader

SECONDS = 5
"""Of processor time, for one input on a slow machine; a process that sleeps is given up after `PATIENCE` seconds."""
PATIENCE = 120
MEMORY = 256 << 20
MOST_FINDINGS = 20
PACE = 1000

Make = Callable[[int], bytes]
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Finding:
    """An input that a reader neither took nor refused as it should."""

    number: int
    content: bytes
    sentence: str


@dataclass
class Report:
    """What came of many inputs.

    Attributes:
        refused: how many got the error that is expected of a damaged file.
        slowest: processor seconds of the slowest input, and its number.
    """

    inputs: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)
    findings: list[Finding] = field(default_factory=list)


class Ledger:
    """Numbers in memory that two processes share: the input being read, the inputs refused, the slowest of all."""

    _FORM = struct.Struct("QQdQ")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    def write(self, number: int, refused: int, seconds: float, slowest: int) -> None:
        """Note all of them."""
        self._FORM.pack_into(self._memory, 0, number, refused, seconds, slowest)

    def read(self) -> tuple[int, int, float, int]:
        """What was noted last."""
        return self._FORM.unpack_from(self._memory)


def fuzz(reader: Reader, make: Make, count: int, *, tell: Tell = lambda done: None, seconds: float = SECONDS) -> Report:
    """Read the inputs 0 to `count` - 1, or as many as it takes to find 20 findings.

    Args:
        make: the input of a number.
        tell: is told from time to time how many inputs were read.
        seconds: of processor time, for one input.
    """
    report, begun = Report(), time.monotonic()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        path = Path(folder) / reader.file
        while report.inputs < count and len(report.findings) < MOST_FINDINGS:
            _go_on(report, _Worker(reader, make, path, seconds), count, tell)
    report.seconds = time.monotonic() - begun
    return report


def _go_on(report: Report, worker: _Worker, count: int, tell: Tell) -> None:
    """Read from where the report ends until the inputs or the process come to their end."""
    start, ledger, (listen, speak) = report.inputs, Ledger(), os.pipe()
    ledger.write(start, 0, 0.0, start)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        child = os.fork()
    if child == 0:
        os.close(listen)
        worker.work(start, count, ledger, speak)
    os.close(speak)
    found = _follow(listen, tell)
    _, status = os.waitpid(child, 0)
    number, refused, seconds, slowest = ledger.read()
    found += [] if status == 0 else [(number, worker.death(status))]
    report.findings += [Finding(number, worker.make(number), sentence) for number, sentence in found]
    report.refused += refused
    report.slowest = max(report.slowest, (seconds, slowest))
    report.inputs = number + 1


def _follow(listen: int, tell: Tell) -> list[tuple[int, str]]:
    """The findings that a process tells of until it ends."""
    with open(listen, encoding="utf-8") as stream:
        lines = []
        for line in stream:
            number, sentence = json.loads(line)
            if sentence:
                lines.append((number, sentence))
            tell(number)
        return lines


class _Worker:
    """The process that reads."""

    def __init__(self, reader: Reader, make: Make, path: Path, allowed: float):
        self.make, self._reader, self._path, self._allowed = make, reader, path, allowed
        self._refused, self._seconds, self._slowest, self._findings = 0, 0.0, 0, 0

    def death(self, status: int) -> str:
        """What a process died of."""
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGPROF:
            return f"took over {self._allowed} s"
        if code == -signal.SIGALRM:
            return f"did not end within {PATIENCE} s"
        return f"killed the process ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"

    def work(self, start: int, count: int, ledger: Ledger, speak: int) -> None:
        """Read, and leave without going back to the process that this one was split from."""
        self._ledger, self._speak = ledger, speak
        try:
            warnings.simplefilter("error")
            gc.freeze()
            self._path.write_bytes(b"")
            judged(self._reader, self._path)
            _bound_memory()
            for number in range(start, count):
                self._read(number)
                if self._findings == MOST_FINDINGS:
                    break
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(99)

    def _read(self, number: int) -> None:
        self._path.write_bytes(self.make(number))
        self._note(number)
        _set_alarms(self._allowed, PATIENCE)
        begun = time.process_time()
        is_refused, sentence = judged(self._reader, self._path)
        seconds = time.process_time() - begun
        _set_alarms(0, 0)
        self._refused += is_refused
        self._seconds, self._slowest = max((self._seconds, self._slowest), (seconds, number))
        self._note(number)
        if sentence or number % PACE == PACE - 1:
            self._findings += bool(sentence)
            os.write(self._speak, json.dumps([number, sentence[:500]]).encode() + b"\n")

    def _note(self, number: int) -> None:
        self._ledger.write(number, self._refused, self._seconds, self._slowest)


def judged(reader: Reader, path: Path) -> tuple[bool, str]:
    """Whether a reader refuses a file as it should, and what is wrong with what it does, if anything is."""
    try:
        reader.read(path)
    except NnfsError as error:
        return True, _wrong_with(reader, path, error)
    except BaseException as error:
        return False, f"raised {type(error).__name__}: {error}"
    return False, ""


def _wrong_with(reader: Reader, path: Path, error: NnfsError) -> str:
    text = str(error)
    if error.exit_code != reader.exit_code:
        return f"refused with exit code {error.exit_code}: {text}"
    if str(path) not in text and not text.startswith("train: "):
        return f"refused without its name: {text}"
    if not all(map(str.isprintable, error.lines)) or (len(error.lines) > 1 and not reader.lines):
        return f"refused with more than one line that can be shown: {text!r}"
    return ""


def _set_alarms(seconds: float, patience: float) -> None:
    """Signals that nobody handles end the process, whatever it is doing."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, patience)


def _bound_memory() -> None:
    """Let this process grow by 256 MiB, where the system can tell how large it is."""
    if os.path.exists("/proc/self/statm"):
        size = int(Path("/proc/self/statm").read_text().split()[0]) * mmap.PAGESIZE
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
