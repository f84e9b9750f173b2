"""The wait for pictures, as it is shown: a bar on a terminal, a line anywhere else, and neither if it is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.cli import terminal
from nnfs_cli.data.pictures import decoded, picture_reader
from tests.cli.test_bad_pictures import CONFIG, write

LINE = "reading 12 pictures of tr"


@pytest.fixture(autouse=True)
def folder(directory):
    Path("c.yaml").write_text(CONFIG)
    write("tr")


def test_a_line_if_it_takes_long(nnfs, monkeypatch):
    assert LINE not in nnfs("train", "c.yaml").err
    monkeypatch.setattr(terminal, "SECONDS_BEFORE_LINES", -1)
    assert nnfs("train", "c.yaml", "--name", "r").err.splitlines().count(LINE) == 1
    assert LINE in nnfs("evaluate", "r", "--split", "train").err


def test_quiet_says_neither_that_nor_where_pictures_are_kept(nnfs, monkeypatch):
    monkeypatch.setattr(terminal, "SECONDS_BEFORE_LINES", -1)
    monkeypatch.setattr(picture_reader, "WORTH_KEEPING", -1)
    monkeypatch.setattr(decoded, "FINE", -1)
    monkeypatch.setenv(decoded.VARIABLE, "kept")
    assert nnfs("train", "c.yaml", "--quiet").err == ""
    assert list(Path("kept").iterdir())


def test_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    monkeypatch.setattr(terminal, "SECONDS_BEFORE_BARS", -1)
    with terminal.picture_bar("t\x1br", 3) as bar:
        bar.update(3)
        bar.refresh()
    said = capsys.readouterr().err
    assert "t\\x1br: 100%" in said
    assert "3/3" in said
    monkeypatch.setattr(terminal, "SECONDS_BEFORE_BARS", 1000)
    with terminal.picture_bar("tr", 3) as bar:
        bar.update(3)
    assert not capsys.readouterr().err.strip()
