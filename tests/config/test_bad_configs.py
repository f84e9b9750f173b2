"""Every mistake has its message: the first lines of a bad file are what `load` says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnfs_cli.config import load
from nnfs_cli.errors import ConfigError
from nnfs_cli.registry import LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULERS, SOURCES

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT) for path in ROOT.glob("tests/bad_configs/*.yaml"))
MARK = "# expect: "
KINDS = {
    "layers": LAYERS,
    "losses": LOSSES,
    "metrics": METRICS,
    "optimizers": OPTIMIZERS,
    "schedulers": SCHEDULERS,
    "sources": SOURCES,
}


def filled_in(message: str) -> str:
    """The message with {layers} and the like replaced by the names there are, so that a new one breaks no file."""
    for kind, registry in KINDS.items():
        message = message.replace(f"{{{kind}}}", ", ".join(registry))
    return message


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_message(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    lines = path.read_text("utf-8").splitlines()
    expected = [filled_in(line.removeprefix(MARK)) for line in lines if line.startswith(MARK)]
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
