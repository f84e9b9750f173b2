"""Cross-validation on the terminal: a line where a fold begins and ends, and a table of all folds in the end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.cli.signals import Signals
from nnfs_cli.cli.start import ended_by_ctrl_c
from nnfs_cli.config import load, read_threads
from nnfs_cli.errors import MachineError
from nnfs_cli.runs.folds import FoldsDirectory
from nnfs_cli.text import counted, harmless

if TYPE_CHECKING:
    from nnfs_cli.sessions.folds.records import FoldEnded, FoldEpoch, FoldsFinished, FoldsStarted, FoldStarted

FIRST = ("accuracy", "rmse")
"""The figures of a fold that are looked at first, as far as there are any."""


def start(
    path: Path,
    overrides: tuple[str, ...],
    runs_dir: Path,
    data_dir: Path,
    *,
    folds: int,
    name: str | None,
    seed: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train the network of a configuration once for each fold; the exit code."""
    options.fix_blas_threads(read_threads(path, overrides))
    with ended_by_ctrl_c():
        from nnfs_cli.sessions.folds.cross_validate import cross_validate

        config = load(path, overrides, seed=seed)

    def begin(asked_to_stop: Callable[[], bool]) -> Any:
        locator = options.locator(data_dir, quiet=quiet)
        return cross_validate(config, locator, folds, runs_dir=runs_dir, name=name, should_stop=asked_to_stop)

    return _follow(begin, as_json=as_json, quiet=quiet)


def resume(folder: FoldsDirectory, overrides: tuple[str, ...], data_dir: Path, *, as_json: bool, quiet: bool) -> int:
    """Go on with the folds of a directory; the exit code.

    Raises:
        UsageError: a key is to be changed, which would leave folds that cannot be compared.
    """
    if overrides:
        raise click.UsageError(
            f"--set cannot change folds that are being trained. Start others: nnfs train {folder.config} --folds NUMBER"
        )
    options.fix_blas_threads(read_threads(folder.config))
    with ended_by_ctrl_c():
        from nnfs_cli.sessions.folds.cross_validate import go_on

    def begin(asked_to_stop: Callable[[], bool]) -> Any:
        return go_on(folder, options.locator(data_dir, quiet=quiet), should_stop=asked_to_stop)

    return _follow(begin, as_json=as_json, quiet=quiet)


def _follow(begin: Callable[[Callable[[], bool]], Any], *, as_json: bool, quiet: bool) -> int:
    """Show what the folds do, and answer with their directory."""
    from nnfs_cli.sessions.folds.records import FoldEnded, FoldEpoch, FoldsFinished, FoldsStarted, FoldStarted
    from nnfs_cli.sessions.records import Warned

    display = Quiet() if quiet else Bar() if terminal.is_terminal() else Lines()
    with Signals(display.interject) as signals, contextlib.closing(display):
        for record in begin(signals.asked_to_stop):
            match record:
                case FoldsStarted():
                    signals.train_on()
                    display.start(record)
                case FoldStarted():
                    display.fold(record)
                case FoldEpoch():
                    display.epoch(record)
                case FoldEnded():
                    display.end(record)
                case Warned(text=text):
                    display.warn(text)
                case FoldsFinished():
                    display.finish(record)
                    with contextlib.suppress(*[MachineError] * signals.hung_up):
                        _answer(record, as_json)
    return signals.exit_code


def _answer(finished: FoldsFinished, as_json: bool) -> None:
    """The directory alone, or one object with the figures of all folds."""
    if not as_json:
        terminal.answer(str(finished.path))
        return
    summary = finished.summary
    known = {key: summary[key] for key in ("folds", "examples", "metrics", "seconds") if key in summary}
    terminal.answer_json({"run": str(finished.path), "status": finished.status, **known})


class Quiet:
    """Shows warnings alone."""

    def interject(self, text: str) -> None:
        """Say something urgent, whatever is being done: a signal has come."""
        terminal.interject(text)

    def start(self, started: FoldsStarted) -> None:
        for note in started.notes:
            self.warn(note)

    def fold(self, started: FoldStarted) -> None:
        pass

    def epoch(self, done: FoldEpoch) -> None:
        pass

    def end(self, ended: FoldEnded) -> None:
        pass

    def warn(self, text: str) -> None:
        terminal.warn(text)

    def finish(self, finished: FoldsFinished) -> None:
        pass

    def close(self) -> None:
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
        self.say(f"fold {started.fold}/{self._folds}{after}")

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
    tested = ", ".join(f"test {name} {terminal.number(value)}" for name, value in figures.items())
    return f"{result['monitor']} {terminal.number(result['best'])}, {tested}, {result['seconds']:.1f} s"


def _table(metrics: Any) -> str:
    """Each metric with its mean and standard deviation over the folds, and what it is over all examples at once."""
    rows = [
        (name, *(terminal.number(figure[key]) for key in ("mean", "std", "pooled"))) for name, figure in metrics.items()
    ]
    return terminal.table(("test", "mean", "std", "pooled"), rows)
