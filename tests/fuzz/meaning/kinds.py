"""Kinds: what is changed by meaning, and many cases of one kind, tried one after the other."""

from __future__ import annotations

import functools
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.meaning import arrays, configurations, pictures, run_folders, states, tables
from tests.fuzz.meaning.sandbox import Outcome, attempt
from tests.fuzz.meaning.world import World, listing
from tests.fuzz.mutate import Random

Make = Callable[[Random, World, Path], list[str]]
DRAWN = 16
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


@contextmanager
def world() -> Iterator[World]:
    """A world in memory, where there is a file system in memory."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        os.environ |= {"MPLCONFIGDIR": folder, "NNFS_DATA_DIR": "/nonexistent", "TMPDIR": folder}
        (Path(folder) / "world").mkdir()
        yield World(Path(folder) / "world")


def try_case(
    name: str, number: int, world: World, *, seed: int = 0, program: bool = False
) -> tuple[list[str], Outcome]:
    """The command line and the outcome of the case of a number."""
    folder = world.folder.parent / "case"
    folder.mkdir()
    try:
        rng = Random(f"{name} {seed} {number}")
        command = KINDS[name].make(rng, world, folder)
        return command, attempt(command, folder, program=program, draws=number % DRAWN == 0)
    finally:
        shutil.rmtree(folder)


def try_many(
    name: str,
    numbers: range,
    world: World,
    *,
    seed: int = 0,
    program: bool = False,
    tell: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Try the cases of these numbers, or as many as it takes to find 50 that are wrong."""
    tally, before = Tally(), listing(world.folder)
    case = functools.partial(try_case, name, world=world, seed=seed, program=program)
    for number in numbers:
        command, outcome = case(number)
        if changed := listing(world.folder).items() ^ before.items():
            outcome = Outcome(**{**vars(outcome), "wrong": f"changed outside: {sorted(changed)}"})
            before = listing(world.folder)
        tally.add(KINDS[name], number, command, outcome)
        tell(tally)
        if len(tally.found) == MOST:
            break
    return tally
