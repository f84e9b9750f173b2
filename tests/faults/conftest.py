"""A data directory with a few flowers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from nnfs_cli.data.sources.base import Locator
from nnfs_cli.runs import machine
from tests.faults.evidence import Whole, never_stopped
from tests.sessions.trainings import flowers


@pytest.fixture(scope="module")
def locator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locator]:
    """A data directory with flowers; a run asks git for nothing."""
    folder = tmp_path_factory.mktemp("faults")
    np.savez(folder / "flowers.npz", **flowers())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNFS_OFFLINE", "1")
        patch.setattr(machine, "git_commit", lambda: None)
        yield Locator(folder)


@pytest.fixture(scope="module")
def whole(locator: Locator) -> Whole:
    """The training that nothing happened to."""
    return never_stopped(locator)
