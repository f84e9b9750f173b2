"""Every test has a directory of its own and the command line's fixtures; none leaves a process behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import directory, nnfs, quick_pictures
from tests.resilience.forks import end_all

__all__ = ["directory", "nnfs", "quick_pictures"]


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    """End what a failed test has started."""
    yield
    end_all()
