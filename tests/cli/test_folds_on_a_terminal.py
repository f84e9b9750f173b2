"""Folds on a terminal: a bar over the epochs of all of them, which leaves nothing behind."""

from __future__ import annotations

import re

import pytest

from nnfs_cli.cli.fold_display import Bar
from nnfs_cli.sessions.folds.records import FoldEnded, FoldEpoch, FoldsStarted
from tests.cli.test_interrupted_bars import until_it_ends


class Drawn:
    """Stands in for a bar: notes what is drawn, and lets something happen meanwhile."""

    def __init__(self, total: int, **_) -> None:
        self.total, self.n, self.lines = total, 0, []
        self.meanwhile = lambda: None

    def update(self, epochs: int) -> None:
        self.n += epochs
        self.meanwhile()

    def write(self, text: str, **_) -> None:
        self.lines.append(text)

    def close(self) -> None:
        pass


@pytest.fixture
def bar(monkeypatch, tmp_path) -> Bar:
    monkeypatch.setattr("nnfs_cli.cli.terminal.bars", lambda: Drawn)
    bar = Bar()
    bar.start(FoldsStarted(tmp_path, 3, 2, 10, ()))
    return bar


RESULT = {"status": "completed", "monitor": "val_loss", "best": 0.5, "metrics": {"loss": 1.0}, "seconds": 2.0}


def test_the_bar_counts_the_epochs_of_all_folds(bar):
    drawn = bar._bar
    assert drawn.total == 30
    for fold, epoch in ((1, 1), (2, 1), (1, 2), (3, 7)):
        bar.epoch(FoldEpoch(fold, epoch))
    assert drawn.n == 2 + 1 + 7
    bar.end(FoldEnded(1, RESULT))
    assert drawn.n == 10 + 1 + 7
    bar.end(FoldEnded(2, {"status": "interrupted", "epochs": 1}))
    assert drawn.n == 10 + 1 + 7
    assert drawn.lines == ["fold 1/3: val_loss 0.5, test loss 1, 2.0 s", "fold 2/3: interrupted after 1 epoch"]


def test_what_is_urgent_waits_until_the_bar_is_whole(bar):
    drawn = bar._bar

    def meanwhile():
        bar.interject("stopping")
        assert drawn.lines == []

    drawn.meanwhile = meanwhile
    bar.epoch(FoldEpoch(1, 1))
    assert drawn.lines == ["stopping"]
    bar.interject("again")
    assert drawn.lines == ["stopping", "again"]


def test_nothing_is_left_of_the_bar_of_folds_that_were_interrupted():
    options = ("tiny.yaml", "--folds", "2", "--set", "training.epochs=1000000")
    code, screen = until_it_ends("train", *options, interrupt_at=b"begins")
    assert code == 130
    lines = [line for line in screen if line]
    assert not [line for line in lines if "training:" in line or "%" in line]
    assert lines[-2:] == ["go on with: nnfs train --resume runs/tiny-1", "runs/tiny-1"]
    assert "stopping after this step and saving; press Ctrl-C again to stop at once" in lines
    assert [line for line in lines if re.fullmatch(r"fold [12]/2: interrupted after [\d,]+ epochs?", line)]
