"""Kinds: what is changed by meaning, and many cases of one kind, tried one after the other."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from tests.fuzz.meaning import arrays, configurations, pictures, run_folders, states, tables
from tests.fuzz.meaning.batch import Result, attempt_all
from tests.fuzz.meaning.sandbox import Outcome, attempt
from tests.fuzz.meaning.world import World, listing
from tests.fuzz.mutate import Random

Make = Callable[[Random, World, Path], list[str]]
DRAWN = 128
"""One case in so many draws its pictures."""
MOST = 50


@dataclass(frozen=True)
class Kind:
    """Something that commands read.

    Attributes:
        make: puts a changed one into a folder; the command line to try there.
        first: how the refusals begin that look at no more than whether it is one at all.
    """

    make: Make
    first: str


KINDS = {
    "configuration": Kind(
        configurations.make,
        r": expected |has no such key|is missing|--name|is given twice|cannot be shown|not valid YAML",
    ),
    "checkpoint": Kind(states.make, r"not a whole safetensors|is not a checkpoint|do not match the SHA-256|not JSON"),
    "run": Kind(run_folders.make, r"no such run|is not a checkpoint|cannot be read"),
    "table": Kind(tables.make, r"is not UTF-8|cannot be read|no header|is empty"),
    "array": Kind(arrays.make, r"is not a \.np|cannot be read|is empty"),
    "picture": Kind(pictures.make, r"is not a picture|cannot be read|no suffix|is not an input"),
}


@dataclass
class Tally:
    """What came of many cases of one kind.

    Attributes:
        past: how many got past the first check.
        found: number, command line and outcome of what is wrong.
    """

    codes: Counter[int] = field(default_factory=Counter)
    past: int = 0
    seconds: float = 0.0
    peak: int = 0
    found: list[tuple[int, list[str], Outcome]] = field(default_factory=list)

    def add(self, kind: Kind, number: int, command: list[str], outcome: Outcome) -> None:
        """Take one in."""
        self.codes[outcome.code] += 1
        self.past += outcome.code == 0 or not re.search(kind.first, outcome.err)
        self.seconds, self.peak = max(self.seconds, outcome.seconds), max(self.peak, outcome.peak)
        if outcome.wrong:
            self.found.append((number, command, outcome))

    @property
    def count(self) -> int:
        """How many cases."""
        return sum(self.codes.values())


Tell = Callable[[Tally], None]


@contextmanager
def world() -> Iterator[World]:
    """A world in memory, where there is a file system in memory."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        variables = {"MPLCONFIGDIR": folder, "NNFS_DATA_DIR": "/nonexistent", "NNFS_CACHE_DIR": "", "TMPDIR": folder}
        (Path(folder) / "world").mkdir()
        with mock.patch.dict(os.environ, variables):
            yield World(Path(folder) / "world")


class Cases:
    """The cases of one kind.

    Args:
        name: of the kind.
        seed: another one makes other cases.
    """

    def __init__(self, name: str, world: World, seed: int = 0):
        self.kind = KINDS[name]
        self.folder = world.folder.parent / "case"
        self._name, self._world, self._seed = name, world, seed

    def prepare(self, number: int) -> list[str]:
        """Put the case of a number into the folder; its command line."""
        self.clear()
        self.folder.mkdir()
        return self.kind.make(Random(f"{self._name} {self._seed} {number}"), self._world, self.folder)

    def clear(self) -> None:
        """Take it away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def attempt(self, number: int, *, program: bool = False) -> Result:
        """Try the case of a number in a process of its own."""
        command = self.prepare(number)
        try:
            return number, command, attempt(command, self.folder, program=program, draws=draws(number))
        finally:
            self.clear()

    def attempt_all(self, numbers: range, size: int) -> Iterator[Result]:
        """Try many in batches."""
        left = list(numbers)
        while left:
            batch = left[:size]
            results = list(attempt_all(batch, self.prepare, self.clear, self.folder, draws))
            yield from results
            left = left[len(results) :]


def draws(number: int) -> bool:
    """Whether a case draws its pictures."""
    return number % DRAWN == 0


def try_many(
    cases: Cases,
    numbers: range,
    world: World,
    *,
    program: bool = False,
    batch: int = 1,
    tell: Tell = lambda tally: None,
) -> Tally:
    """Try the cases of these numbers, or as many as it takes to find 50 that are wrong.

    Args:
        batch: how many share a process.
    """
    tally, before = Tally(), listing(world.folder)
    alone = (cases.attempt(number, program=program) for number in numbers)
    for number, command, outcome in cases.attempt_all(numbers, batch) if batch > 1 else alone:
        if changed := listing(world.folder).items() ^ before.items():
            outcome = Outcome(**{**vars(outcome), "wrong": f"changed outside: {sorted(changed)}"})
            before = listing(world.folder)
        tally.add(cases.kind, number, command, outcome)
        tell(tally)
        if len(tally.found) == MOST:
            break
    return tally
