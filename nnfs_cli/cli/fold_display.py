"""Fold display: a line where a fold begins and ends, a bar on a terminal, and a table of all folds in the end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnfs_cli.cli import display, terminal
from nnfs_cli.cli.tables.figures import figure
from nnfs_cli.text import counted, harmless

if TYPE_CHECKING:
    from nnfs_cli.sessions.folds.records import FoldEnded, FoldEpoch, FoldsFinished, FoldsStarted, FoldStarted

FIRST = ("accuracy", "rmse")
"""The figures of a fold that are looked at first, as far as there are any."""


def display_for(quiet: bool) -> Quiet:
    """A bar for a terminal, lines for anything else, only warnings if quiet."""
    if quiet:
        return Quiet()
    return Bar() if terminal.is_terminal() else Lines()


class Quiet(display.Quiet):
    """Shows warnings alone."""

    def fold(self, started: FoldStarted) -> None:
        pass

    def end(self, ended: FoldEnded) -> None:
        pass


class Lines(Quiet):
    """A line where a fold begins and ends."""

    def say(self, text: str) -> None:
        terminal.say(text)

    def start(self, started: FoldsStarted) -> None:
        super().start(started)
        self._folds = started.folds
        at_once = f"{started.at_once} at once" if started.at_once > 1 else "one after the other"
        self.say(f"{harmless(str(started.path))}: {counted(started.folds, 'fold')}, {at_once}")

    def fold(self, started: FoldStarted) -> None:
        after = f" goes on after step {started.done:,}" if started.done else " begins"
        rate = f", max_lr: {started.found_rate:g}, found by a range test" if started.found_rate else ""
        self.say(f"fold {started.fold}/{self._folds}{after}{rate}")

    def end(self, ended: FoldEnded) -> None:
        self.say(f"fold {ended.fold}/{self._folds}: {_of_fold(ended.result)}")

    def finish(self, finished: FoldsFinished) -> None:
        if finished.status == "completed":
            self.say(_table(finished.summary["metrics"]))
        else:
            self.say(f"go on with: nnfs train --resume {harmless(str(finished.path))}")


class Bar(Lines):
    """A bar over the epochs of all folds, under the lines.

    What a signal says waits until a bar that is being drawn is whole.
    """

    def __init__(self) -> None:
        self._bar: Any = None
        self._drawing, self._urgent = False, list[str]()

    def interject(self, text: str) -> None:
        if self._drawing:
            self._urgent.append(text)
        else:
            self.say(text)

    def say(self, text: str) -> None:
        with self._whole():
            if self._bar is None:
                terminal.say(text)
            else:
                self._bar.write(text, file=sys.stderr)

    def start(self, started: FoldsStarted) -> None:
        super().start(started)
        self._epochs, self._done = started.epochs, dict.fromkeys(range(1, started.folds + 1), 0)
        total, shown = started.epochs * started.folds, {"file": sys.stderr, "dynamic_ncols": True, "leave": False}
        with self._whole():
            self._bar = terminal.bars()(total=total, desc="training", unit="epoch", **shown)

    def epoch(self, done: FoldEpoch) -> None:
        self._reach(done.fold, done.epoch)

    def end(self, ended: FoldEnded) -> None:
        if ended.result["status"] == "completed":
            self._reach(ended.fold, self._epochs)
        super().end(ended)

    def warn(self, text: str) -> None:
        with self._whole():
            if self._bar is not None:
                self._bar.clear()
            super().warn(text)

    def finish(self, finished: FoldsFinished) -> None:
        self.close()
        super().finish(finished)

    def close(self) -> None:
        bar, self._bar = self._bar, None
        with self._whole():
            if bar is not None:
                bar.close()

    def _reach(self, fold: int, epoch: int) -> None:
        """Draw that a fold has made so many epochs; those that it never makes count as made in the end."""
        with self._whole():
            self._bar.update(epoch - self._done[fold])
        self._done[fold] = epoch

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        """Draw something; a terminal that was closed takes nothing. What a signal said meanwhile comes after it."""
        self._drawing = True
        try:
            with contextlib.suppress(OSError):
                yield
        finally:
            self._drawing = False
        while self._urgent:
            self.say(self._urgent.pop(0))


def _of_fold(result: Any) -> str:
    """What is said of a fold that has ended."""
    if result["status"] != "completed":
        return f"{result['status']} after {counted(result['epochs'], 'epoch')}"
    figures = {name: value for name, value in result["metrics"].items() if name in FIRST} or result["metrics"]
    tested = ", ".join(f"test {name} {figure(name, value)}" for name, value in figures.items())
    best = figure(result["monitor"].partition("_")[2], result["best"])
    return f"{result['monitor']} {best}, {tested}, {result['seconds']:.1f} s"


def _table(metrics: Any) -> str:
    """Each metric with its mean and standard deviation over the folds, and what it is over all examples at once."""
    rows = [(name, *(figure(name, found[key]) for key in ("mean", "std", "pooled"))) for name, found in metrics.items()]
    return terminal.table(("test", "mean", "std", "pooled"), rows)
