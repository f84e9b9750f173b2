"""The footprint of data and network alone."""

from __future__ import annotations

import pytest

from nnfs_cli import footprint


@pytest.fixture
def bare(monkeypatch):
    """A program that takes no memory itself and draws no pictures: what is left is data and network."""
    monkeypatch.setattr(footprint, "program", lambda: 0)
    monkeypatch.setattr(footprint, "PICTURE", 0)
    monkeypatch.setattr(footprint, "WORKER", 0)
