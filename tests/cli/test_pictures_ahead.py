"""A picture that another process draws is the one that would be drawn here, which happens where that process cannot."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import plots
from nnfs_cli.nn.confusion import Confusion
from nnfs_cli.sessions import pictures
from nnfs_cli.system import forks

pytestmark = pytest.mark.skipif(not forks.can_fork(), reason="needs processes that fork")
HERE = os.getpid()
THINGS = ({"Zürich\udce9": [1, 2.5, None]}, "x" * 300_000)


def where(*things: object) -> bytes:
    """Which process draws, and what."""
    return f"{'here' if os.getpid() == HERE else 'there'} {things!r}".encode()


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """Nothing is loaded yet, and there is a core to load it on."""
    monkeypatch.setattr(pictures, "allowed_cores", lambda: {0, 1})
    monkeypatch.delitem(sys.modules, "nnfs_cli.plots")


def test_another_process_draws_what_it_is_told():
    with pictures.ahead(where) as draw:
        assert draw(*THINGS) == f"there {THINGS!r}".encode()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("error", [(), (KeyboardInterrupt,)])
def test_it_ends_where_nothing_is_drawn(error):
    with contextlib.suppress(*error), pictures.ahead(where):
        for kind in error:
            raise kind
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_one_core_draws_by_itself(monkeypatch):
    monkeypatch.setattr(pictures, "allowed_cores", lambda: {0})
    with pictures.ahead(where) as draw:
        assert draw("x") == b"here ('x',)"


def test_what_is_loaded_needs_no_other_process(monkeypatch):
    monkeypatch.setitem(sys.modules, "nnfs_cli.plots", plots)
    with pictures.ahead(where) as draw:
        assert draw("x") == b"here ('x',)"


def test_a_system_without_another_process(monkeypatch):
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    with pictures.ahead(where) as draw:
        assert draw("x") == b"here ('x',)"


@pytest.mark.parametrize("dies", [lambda: os._exit(1), lambda: 1 / 0, lambda: os.kill(os.getpid(), 9)])
def test_what_fails_there_is_drawn_here(dies):
    with pictures.ahead(lambda *things: where(*things) if os.getpid() == HERE else dies()) as draw:
        assert draw("x") == b"here ('x',)"


def test_the_confusion_is_the_same_either_way(nnfs, runs, monkeypatch):
    drawn = []
    for cores in ({0}, {0, 1}):
        monkeypatch.setattr(pictures, "allowed_cores", lambda cores=cores: cores)
        monkeypatch.delitem(sys.modules, "nnfs_cli.plots", raising=False)
        assert nnfs("evaluate", "tiny").code == 0
        drawn.append(Path("runs/tiny/confusion-test.png").read_bytes())
    assert drawn[0] == drawn[1]


def test_counts_go_to_json_and_back():
    counts = Confusion.count(np.array([0, 2, 2, 1]), np.array([0, 2, 1, 1]), 4)
    again = Confusion.from_json(counts.to_json())
    assert again.matrix().tolist() == counts.matrix().tolist()
    assert Confusion.from_json(Confusion.count(np.array([], int), np.array([], int), 3).to_json()).matrix().sum() == 0
