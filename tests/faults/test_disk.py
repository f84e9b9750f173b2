"""Disk: every durable operation of a training, and of going on with one, goes wrong once in every way that it can."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import MachineError
from nnfs_cli.runs import durable, lock
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from tests.effort import EFFORT
from tests.faults.children import KILLED, Ended, Tell, in_child
from tests.faults.disk import Disk, Operation, places
from tests.faults.evidence import TINY, Moment, Whole, go_on_to_the_end, temporary_files, train_once, verdict
from tests.sessions.trainings import Stop, end_of

WORDS = {"ENOSPC": "No space left on device", "EIO": "Input/output error"}
ALIKE = ("after", "EIO")
"""Faults that leave the files that "before" and "ENOSPC" leave too: a long run alone goes on from all of them."""
RANDOM = re.compile(r"[0-9a-f]{16}")
"""What is different in the name of every temporary file."""
FEW = 4
"""Operations on a temporary file until all of its tensors are alike: it is opened, and its header is written."""

DEAD = ".0123456789abcdef.tmp"


@dataclass(frozen=True)
class Training:
    """A training from its first step."""

    locator: Locator
    run: RunDirectory
    saved: tuple[Moment, ...] = ()

    def prepare(self) -> None:
        """Make it as if nothing had happened."""
        shutil.rmtree(self.run.path.parent, ignore_errors=True)

    def work(self, tell: Tell) -> None:
        """Do all of it."""
        train_once(self.locator, self.run.path.parent, tell)


@dataclass(frozen=True)
class Resumption(Training):
    """The way back into a training that was stopped in its fourth step; what a killed program left lies about."""

    saved: tuple[Moment, ...] = ((4, 1),)

    def prepare(self) -> None:
        super().prepare()
        stopped = self.locator.data_dir / "stopped" / "run"
        if not stopped.exists():
            end_of(train(TINY, self.locator, runs_dir=stopped.parent, name="run", should_stop=Stop(4)))
        shutil.copytree(stopped, self.run.path)
        for folder in (self.run.path, self.run.last.parent):
            (folder / DEAD).write_bytes(b"half")

    def work(self, tell: Tell) -> None:
        records = resume(self.run.path, (), self.locator)
        next(records)
        records.close()


@pytest.fixture(scope="module", params=[Training, Resumption])
def deed(request: pytest.FixtureRequest, locator: Locator) -> Training:
    """What is to be done on a disk with a fault."""
    return request.param(locator, RunDirectory(locator.data_dir / "case" / "run"))


@pytest.fixture(scope="module")
def operations(deed: Training) -> list[Operation]:
    """All that it asks of the disk."""
    deed.prepare()
    with Disk() as disk:
        deed.work(lambda moment: None)
    return disk.operations


def chosen(operations: list[Operation], fault: str) -> list[int]:
    """Where a fault happens: a short run leaves out what repeats.

    Of the operations that every save makes, it takes those of the first, which finds no checkpoint, of the second,
    which finds one, and of the last; of faults that leave the files of another fault, those of the last.
    """
    possible = set(places(operations, fault))
    alike = [[number for number in numbers if number in possible] for numbers in _repeated(operations)]
    few = (numbers[-1:] if fault in ALIKE else {*numbers[:2], *numbers[-1:]} for numbers in alike)
    return sorted(possible if EFFORT > 1 else set().union(*few))


def _repeated(operations: list[Operation]) -> list[list[int]]:
    """The numbers of operations that do the same to files of one kind, the first few to each file by themselves."""
    behind: Counter[str] = Counter()
    found: dict[tuple[str, str, int], list[int]] = {}
    for number, operation in enumerate(operations):
        kind = RANDOM.sub("", operation.path)
        repetition = min(behind[operation.path], FEW) if kind != operation.path else 0
        found.setdefault((operation.name, kind, repetition), []).append(number)
        behind[operation.path] += 1
    return list(found.values())


def on_the_lock(operation: Operation) -> bool:
    """Whether it is about the file that says who owns the run."""
    return operation.path.endswith(lock.NAME)


def refused(operation: Operation, words: str) -> AbstractContextManager:
    """The program says what failed.

    A save can do without a second name, because a copy does as well, and a run without the name of its owner.
    """
    if operation.name in ("link", "failed link") or (on_the_lock(operation) and operation.name != "open"):
        return contextlib.suppress(MachineError)
    return pytest.raises(MachineError, match=f"cannot be written: {words}.$")


def die(deed: Training, number: int, fault: str) -> Ended:
    """Do it in a process that vanishes at an operation."""

    def work(tell: Tell) -> None:
        with Disk(number, fault):
            deed.work(tell)

    deed.prepare()
    return in_child(work)


def judge(deed: Training, told: list[Moment], number: int, fault: str, whole: Whole) -> None:
    """What is saved must be sound, nothing of it lost, and the rest of the training the same bytes.

    A short run goes on from every third operation that differs.
    """
    if deed.run.path.exists():
        assert verdict(deed.run, (*deed.saved, *told), whole) == "sound"
    else:
        assert told in ([], [(0, 0)]), "only a run in which nothing was trained is removed"
    if EFFORT > 1 or (fault not in ALIKE and number % 3 == 0):
        go_on_to_the_end(deed.locator, deed.run, whole)


@pytest.mark.parametrize("fault", ["before", "torn", "after"])
def test_die_before_inside_or_after_each_durable_operation(deed, operations, whole, fault):
    """SIGKILL at random moments, half of them inside a save; die before, inside or after each durable operation."""
    for number in chosen(operations, fault):
        ended = die(deed, number, fault)
        assert ended.code == KILLED, (operations[number], ended.error)
        judge(deed, [tuple(moment) for moment in ended.told], number, fault, whole)


@pytest.mark.parametrize("fault", WORDS)
def test_disk_full_or_eio_in_each_durable_operation(deed, operations, whole, fault):
    """Disk full (`ulimit -f`, a tiny tmpfs), EIO, read-only runs directory (mounted, not chmod: root passes chmod)."""
    for number in chosen(operations, fault):
        operation, told = operations[number], []
        deed.prepare()
        with Disk(number, fault), refused(operation, WORDS[fault]):
            deed.work(told.append)
        assert {path.name for path in temporary_files(deed.run.path)} <= {DEAD}, operation
        assert deed.run.last.exists() or not deed.run.path.exists(), operation
        judge(deed, told, number, fault, whole)


def test_writing_in_place_is_noticed(deed, whole, monkeypatch):
    def in_place(path: Path, data: bytes | str) -> None:
        with durable.open(path, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)

    deed.prepare()
    monkeypatch.setattr(durable, "replace", in_place)
    died = (die(deed, number, "torn") for number in itertools.count())
    sound = (verdict(deed.run, ended.told, whole) for ended in itertools.takewhile(lambda it: it.code == KILLED, died))
    assert "unreadable" in sound
