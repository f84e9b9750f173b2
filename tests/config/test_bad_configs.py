"""Every mistake has its message: the first lines of a bad file are what `load` says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.config import load
from nnfs_cli.errors import ConfigError

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/bad_configs/*.yaml"))
MARK = "# expect: "


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_message(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    expected = [line.removeprefix(MARK) for line in path.read_text("utf-8").splitlines() if line.startswith(MARK)]
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert list(caught.value.problems) == expected


def test_there_are_many():
    assert len(FILES) >= 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages_are_single_lines_that_name_the_file(path):
    expected = [line for line in path.read_text("utf-8").splitlines() if line.startswith(MARK)]
    assert expected
    assert all(line.startswith(f"{MARK}{path.as_posix()}:") and line.endswith((".", "?")) for line in expected)
