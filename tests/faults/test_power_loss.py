"""Power loss: what was reported as saved is on the disk, and not only in memory that the disk has not got yet.

SIGKILL cannot show that: the memory of a killed program's writes stays with the system.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import durable
from nnfs_cli.runs.directory import RunDirectory
from tests.faults.disk import Disk, Operation
from tests.faults.evidence import Moment, go_on_to_the_end, train_once, verdict
from tests.faults.power import Files, Platter

Told = list[tuple[int, Moment]]
"""How many operations had been made when a checkpoint was reported as saved."""


def recorded(locator: Locator) -> tuple[list[Operation], Told]:
    """What a training asks of the disk, and what it tells meanwhile."""
    told: Told = []
    shutil.rmtree(locator.data_dir / "runs", ignore_errors=True)
    with Disk() as disk:
        train_once(locator, locator.data_dir / "runs", lambda moment: told.append((len(disk.operations), moment)))
    shutil.rmtree(locator.data_dir / "runs")
    return disk.operations, told


def moments(locator: Locator) -> Iterator[tuple[Platter, list[Moment]]]:
    """The disk after every operation of a training, and what had been reported as saved by then."""
    operations, told = recorded(locator)
    for number in range(len(operations) + 1):
        reported = [moment for after, moment in told if after <= number]
        yield Platter(str(locator.data_dir), operations[:number]), reported


def found_on_the_disk(files: Files, locator: Locator) -> RunDirectory:
    """Put files where the run was."""
    run = RunDirectory(locator.data_dir / "runs" / "run")
    shutil.rmtree(run.path, ignore_errors=True)
    run.last.parent.mkdir(parents=True)
    for path, data in files.items():
        Path(path).write_bytes(data)
    return run


def test_power_loss_at_any_moment(locator, whole):
    """A run survives power loss at any instant: the newest complete checkpoint loads, nothing reported is lost."""
    before = None
    for disk, reported in moments(locator):
        for files in disk.outcomes():
            assert verdict(found_on_the_disk(files, locator), reported, whole) == "sound"
        if before != (before := disk.least()):
            go_on_to_the_end(locator, found_on_the_disk(before, locator), whole)


@pytest.mark.parametrize(("forgotten", "expected"), [("sync", "unreadable"), ("sync_directory", "lost")])
def test_a_sync_that_is_forgotten_is_noticed(locator, whole, monkeypatch, forgotten, expected):
    monkeypatch.setattr(durable, forgotten, lambda what: None)
    states = [(disk.least(), reported) for disk, reported in moments(locator)]
    assert expected in {verdict(found_on_the_disk(files, locator), reported, whole) for files, reported in states}
