"""Every test here is offline and has a data directory of its own."""

from __future__ import annotations

import pytest

from nnfs_cli.data.sources.base import Place


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No test reaches the network unless it says so."""
    monkeypatch.setenv("NNFS_OFFLINE", "1")


@pytest.fixture
def place(tmp_path) -> Place:
    """A data directory of its own for each test."""
    return Place(tmp_path / "data")
