"""Kills: SIGKILL at random moments of a training that saves without pause."""

from __future__ import annotations

import mmap
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.sessions.recorder import Recorder
from nnfs_cli.sessions.resume import resume
from nnfs_cli.sessions.train import train
from tests.effort import EFFORT
from tests.faults.children import KILLED, Child, Ended, Tell
from tests.faults.evidence import Moment, Whole, go_on_to_the_end, never_stopped, telling, verdict
from tests.sessions.trainings import configured
from tests.waiting import WAIT_FOR_THE_DISK

KILLS = 40 * EFFORT
KILLS_OF_A_RUN = 10
LONGEST = 0.025
"""Seconds from the start of the program, or of its training, to a kill: a few steps with their checkpoints."""

LARGE = configured(
    "training={epochs: 2, batch_size: 2, max_steps: 24, checkpoint_every: {steps: 1}}",
    "optimizer.lr=0.01",
    model={"layers": [{"type": "dense", "units": units} for units in (256, 512, 3)]},
)
"""A checkpoint of 1 MiB after each of 24 steps: saving takes most of the time."""


class Victim:
    """A training that is killed again and again.

    Args:
        locator: where its data is.
        run: its directory.
        chance: says when.
    """

    def __init__(self, locator: Locator, run: RunDirectory, chance: random.Random):
        self.locator, self.run, self.chance = locator, run, chance
        self._memory = mmap.mmap(-1, 2)

    @property
    def saving(self) -> bool:
        """Whether it is inside a save, or was when it died."""
        return bool(self._memory[1])

    def kill(self) -> Ended:
        """Let it train on for a random time; one in eight dies on its way to the first step."""
        self._memory[:] = bytes(2)
        early = self.chance.random() < 1 / 8
        with Child(self._work) as child:
            while not (early or self._memory[0]):
                time.sleep(0.0005)
            time.sleep(self.chance.uniform(0, LONGEST))
            child.kill()
            return child.end()

    def _work(self, tell: Tell) -> None:
        try:
            with telling(tell), self._flagged(), mock.patch.object(os, "fsync", WAIT_FOR_THE_DISK):
                for _ in self._records():
                    self._memory[0] = 1
        finally:
            self._memory[0] = 1

    def _records(self) -> Iterator[Any]:
        if self.run.last.exists():
            return resume(self.run.path, (), self.locator)
        shutil.rmtree(self.run.path, ignore_errors=True)
        return train(LARGE, self.locator, runs_dir=self.run.path.parent, name=self.run.path.name)

    @contextmanager
    def _flagged(self) -> Iterator[None]:
        save = Recorder.save

        def flagged(recorder: Recorder, **options: Any) -> None:
            self._memory[1] = 1
            save(recorder, **options)
            self._memory[1] = 0

        with mock.patch.object(Recorder, "save", flagged):
            yield


@pytest.fixture(scope="module")
def whole(locator: Locator) -> Whole:
    """The training that nobody kills."""
    return never_stopped(locator, LARGE)


def test_sigkill_at_random_moments_half_of_them_inside_a_save(locator, whole):
    """SIGKILL at random moments, half of them inside a save; die before, inside or after each durable operation."""
    chance, tally = random.Random(0), Counter()
    while tally["kills"] < KILLS:
        victim = Victim(locator, RunDirectory(locator.data_dir / "runs" / "run"), chance)
        reported: list[Moment] = []
        for _ in range(KILLS_OF_A_RUN):
            ended = victim.kill()
            if ended.code != KILLED:
                assert ended.code == 0, ended.error
                break
            reported += ended.told
            tally.update(["kills", verdict(victim.run, reported, whole), *(["inside a save"] * victim.saving)])
        if victim.run.path.exists():
            go_on_to_the_end(locator, victim.run, whole)
            shutil.rmtree(victim.run.path)
    print(dict(tally))
    assert tally["sound"] == tally["kills"], tally
    assert tally["inside a save"] >= tally["kills"] / 2, tally
