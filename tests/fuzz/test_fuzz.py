"""Damaged files of every kind: read or refused with an error of the program, soon and in bounded memory.

For a long run: `python -m tests.fuzz --inputs 1000000`.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from nnfs_cli.errors import DataError
from tests.effort import EFFORT
from tests.fuzz import __main__ as command
from tests.fuzz import seeds
from tests.fuzz.engine import MEMORY, fuzz
from tests.fuzz.targets import READERS, Reader
from tests.resilience.forks import needs_fork

INPUTS = dict.fromkeys(READERS, 2_500) | {"state": 800}
pytestmark = needs_fork


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused(name):
    count = INPUTS[name] * EFFORT
    report = fuzz(READERS[name], seeds.mutator(name).mutant, count)
    assert [(finding.content, finding.sentence) for finding in report.findings] == []
    assert report.inputs == count
    assert report.refused > count / 2


def test_an_input_is_a_function_of_its_number():
    for name in READERS:
        first, second, other = (seeds.mutator(name, seed) for seed in (1, 1, 2))
        made = [first.mutant(number) for number in range(50)]
        assert made == [second.mutant(number) for number in reversed(range(50))][::-1]
        assert made != [other.mutant(number) for number in range(50)]


def misbehave(path) -> None:
    """A reader with every fault that there is."""
    match path.read_bytes():
        case b"1":
            raise KeyError("x")
        case b"2":
            bytearray(2 * MEMORY)
        case b"3":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"4":
            while True:
                time.process_time()
        case b"5":
            raise DataError(f"{path}: two\nlines")
        case b"6":
            raise DataError("no name")
        case b"7":
            raise DataError(f"{path}: a proper refusal.")


def test_every_fault_of_a_reader_is_noticed():
    report = fuzz(Reader(misbehave, "x", 3), lambda number: str(number).encode(), 9, seconds=0.2)
    assert [(finding.number, finding.sentence.split(":")[0]) for finding in report.findings] == [
        (1, "raised KeyError"),
        (2, "raised MemoryError"),
        (3, "killed the process (SIGKILL)"),
        (4, "took over 0.2 s"),
        (5, "refused with more than one line that can be shown"),
        (6, "refused without its name"),
    ]
    assert (report.inputs, report.refused) == (9, 3)


def test_the_command_knows_every_reader():
    assert set(command.READERS) == set(READERS)
