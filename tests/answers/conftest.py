"""Every test here is offline, in an empty directory, and draws no pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli import plots
from tests.answers.asking import Ask, asker


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the test."""
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    monkeypatch.delenv("NNFS_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("curves", "confusion", "lr_curve"):
        monkeypatch.setattr(plots, name, lambda *_: b"picture")
    return tmp_path


@pytest.fixture
def ask(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """A command that must succeed: what it prints on standard output."""
    return asker(capsys, monkeypatch)
