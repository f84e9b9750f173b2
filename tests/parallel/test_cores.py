"""Who else wants a core, as the system tells it."""

from __future__ import annotations

import io

import pytest

from nnfs_cli.system import cores


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("0.80 1.13 1.31 1/76 21210\n", False),
        ("0.80 1.13 1.31 3/76 21210\n", True),
        ("0.8\n", True),
        ("a b c d\n", True),
    ],
)
def test_others_run(monkeypatch, text, others):
    monkeypatch.setattr("builtins.open", lambda path: {"/proc/loadavg": io.StringIO(text)}[path])
    assert cores.others_run() is others


def test_a_system_that_does_not_tell(monkeypatch):
    def missing(path: str) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr("builtins.open", missing)
    assert cores.others_run()
