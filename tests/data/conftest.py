"""Every test here is offline and has a data directory of its own."""

from __future__ import annotations

import pytest

from nnfs_cli.data.sources.base import Locator


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No test reaches the network unless it says so."""
    monkeypatch.setenv("NNFS_OFFLINE", "1")


@pytest.fixture
def locator(tmp_path) -> Locator:
    """A data directory of its own for each test."""
    return Locator(tmp_path / "data")
