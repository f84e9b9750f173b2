"""A picture that another process draws is the one that would be drawn here, which happens where that process cannot."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli import plots
from nnfs_cli.nn.evaluation.confusion import Confusion
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


def drawn(draw: pictures.DrawAll, *orders: tuple) -> list[bytes]:
    return [picture() for picture in draw(orders)]


def test_other_processes_draw_what_they_are_told_in_its_order():
    with pictures.ahead(where) as draw:
        assert drawn(draw, THINGS, ("a",), (2,)) == [f"there {things!r}".encode() for things in (THINGS, ("a",), (2,))]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_pictures_are_drawn_at_the_same_time():
    """Each process waits for a line of the next one, so that one after the other would never end."""
    pipes = [os.pipe() for _ in range(2)]

    def met(number: int) -> bytes:
        os.write(pipes[number][1], b"here")
        return os.read(pipes[1 - number][0], 4)

    with pictures.ahead(met) as draw:
        assert drawn(draw, (0,), (1,)) == [b"here", b"here"]
    for end in (end for pipe in pipes for end in pipe):
        os.close(end)


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
        assert drawn(draw, ("x",)) == [b"here ('x',)"]


def test_what_is_loaded_needs_no_other_process(monkeypatch):
    monkeypatch.setitem(sys.modules, "nnfs_cli.plots", plots)
    with pictures.ahead(where) as draw:
        assert drawn(draw, ("x",)) == [b"here ('x',)"]


def test_a_system_without_another_process(monkeypatch):
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    with pictures.ahead(where) as draw:
        assert drawn(draw, ("x",)) == [b"here ('x',)"]


@pytest.mark.parametrize("dies", [lambda: os._exit(1), lambda: 1 / 0, lambda: os.kill(os.getpid(), 9)])
@pytest.mark.parametrize("bad", [0, 1])
def test_what_fails_there_is_drawn_here(dies, bad):
    def fail_there(number: int) -> bytes:
        return where(number) if os.getpid() == HERE or number != bad else dies()

    with pictures.ahead(fail_there) as draw:
        first, second = drawn(draw, (0,), (1,))
    assert (first, second)[bad] == f"here ({bad},)".encode()
    assert all(f"({number},)".encode() in picture for number, picture in enumerate((first, second)))


@pytest.mark.parametrize("kind", ["confusion", "roc", "calibration"])
def test_a_picture_is_the_same_either_way(nnfs, runs, monkeypatch, kind):
    drawn = []
    for cores in ({0}, {0, 1}):
        monkeypatch.setattr(pictures, "allowed_cores", lambda cores=cores: cores)
        monkeypatch.delitem(sys.modules, "nnfs_cli.plots", raising=False)
        assert nnfs("evaluate", "tiny").code == 0
        drawn.append(Path(f"runs/tiny/{kind}-test.png").read_bytes())
    assert drawn[0] == drawn[1]


def test_counts_go_to_json_and_back():
    counts = Confusion.count(np.array([0, 2, 2, 1]), np.array([0, 2, 1, 1]), 4)
    again = Confusion.from_json(counts.to_json())
    assert again.matrix().tolist() == counts.matrix().tolist()
    assert Confusion.from_json(Confusion.count(np.array([], int), np.array([], int), 3).to_json()).matrix().sum() == 0
