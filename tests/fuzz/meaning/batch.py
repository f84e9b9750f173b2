"""Batch: some cases one after the other in one process, which costs half of a process for each.

What is found in a batch is found again in a process of its own where it does not come of what was before.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.fuzz.meaning import sandbox
from tests.fuzz.meaning.sandbox import Outcome

Prepare = Callable[[int], list[str]]
Result = tuple[int, list[str], Outcome]


def attempt_all(
    numbers: list[int], prepare: Prepare, clear: Callable[[], None], folder: Path, draws: Callable[[int], bool]
) -> Iterator[Result]:
    """Number, command and outcome of some cases; fewer if one of them ends the process, and then that one is the last.

    Args:
        prepare: puts the case of a number into the folder; its command line.
        clear: empties the folder again.
    """
    told = folder.with_name(f"{folder.name}.told")
    told.write_bytes(b"")
    child = sandbox.fork()
    if child == 0:
        _work(numbers, prepare, clear, folder, draws, told)
    status, usage, _ = sandbox.wait(child, sandbox.PATIENCE * len(numbers))
    results = [_result(line) for line in told.read_text().splitlines()]
    if sandbox.is_left(child) and results:
        number, command, outcome = results[-1]
        results[-1] = number, command, Outcome(**{**vars(outcome), "wrong": "a process is left of the batch"})
    yield from results
    if status and len(results) < len(numbers):
        code = os.waitstatus_to_exitcode(status)
        gone = Outcome(code, "", "", usage.ru_utime, usage.ru_maxrss << 10, f"ended the process with {code}")
        yield numbers[len(results)], [], gone


def _result(line: str) -> Result:
    number, command, outcome = json.loads(line)
    return number, command, Outcome(**outcome)


def _work(
    numbers: list[int],
    prepare: Prepare,
    clear: Callable[[], None],
    folder: Path,
    draws: Callable[[int], bool],
    told: Path,
) -> None:
    """Try them, and leave without going back to the process that this one was split from."""
    try:
        os.setsid()
        gc.freeze()
        sandbox.bound_memory()
        listener, files = sandbox.Listener(folder), sandbox.files_of(folder)
        for number in numbers:
            command = prepare(number)
            outcome = _timed(lambda command=command, number=number: sandbox.call(
                command, folder, files, listener, draws(number)))  # fmt: skip
            outcome = sandbox.judged(outcome, files)
            os.chdir(folder.parent)
            clear()
            with open(told, "a") as file:
                print(json.dumps([number, command, vars(outcome)]), file=file)
            if outcome.wrong:
                break
        os._exit(0)
    finally:
        os._exit(97)


def _timed(call: Callable[[], int]) -> Outcome:
    """The exit code of a call with its processor seconds, and the peak of this process; it dies of hanging."""
    before = _seconds()
    signal.setitimer(signal.ITIMER_REAL, sandbox.PATIENCE)
    code = call()
    signal.setitimer(signal.ITIMER_REAL, 0)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Outcome(code, "", "", _seconds() - before, peak << 10, "")


def _seconds() -> float:
    usages: list[Any] = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
