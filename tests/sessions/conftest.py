"""Every test has a data directory of its own, with a few flowers in it."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import machine
from tests.sessions.trainings import KINDS, flowers, remains, start


@pytest.fixture
def locator(tmp_path, monkeypatch) -> Locator:
    """A data directory with flowers; a run asks git for nothing."""
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    monkeypatch.setattr(machine, "git_commit", lambda: None)
    np.savez(tmp_path / "flowers.npz", **flowers())
    return Locator(tmp_path)


@pytest.fixture(scope="module")
def never_stopped():
    """What is left of trainings that were never interrupted, by kind and number of workers."""
    found = {}

    def remains_of(locator: Locator, kind: str, workers: int):
        if (kind, workers) not in found:
            found[kind, workers] = remains(start(locator, f"training.workers={workers}", **KINDS[kind]).run)
        return found[kind, workers]

    return remains_of
