"""Display: a training as it is watched, with bars on a terminal and with plain lines in a file."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from nnfs_cli.cli import terminal
from nnfs_cli.cli.tables.epochs import EpochTable
from nnfs_cli.cli.tables.inspection import columns_in_short
from nnfs_cli.text import counted, harmless

if TYPE_CHECKING:
    from nnfs_cli.nn.network import Network
    from nnfs_cli.sessions.records import Finished, Started
    from nnfs_cli.training.records import EpochDone, StepDone

SECONDS_BETWEEN_LINES = 30.0


class Display(Protocol):
    """Receives the records of a training."""

    def start(self, started: Started) -> None: ...

    def step(self, done: StepDone) -> None: ...

    def epoch(self, done: EpochDone) -> None: ...

    def warn(self, text: str) -> None: ...

    def interject(self, text: str) -> None: ...

    def finish(self, finished: Finished) -> None: ...

    def close(self) -> None: ...


def display_for(quiet: bool) -> Display:
    """Bars for a terminal, lines for anything else, only warnings if quiet."""
    if quiet:
        return Quiet()
    return Bars() if terminal.is_terminal() else Lines()


class Quiet:
    """Shows warnings alone."""

    def start(self, started: Started) -> None:
        for note in started.notes:
            terminal.warn(note)

    def step(self, done: StepDone) -> None:
        pass

    def epoch(self, done: EpochDone) -> None:
        pass

    def warn(self, text: str) -> None:
        terminal.warn(text)

    def interject(self, text: str) -> None:
        """Say something urgent, whatever is being done: a signal has come."""
        terminal.interject(text)

    def finish(self, finished: Finished) -> None:
        pass

    def close(self) -> None:
        pass


class Lines(Quiet):
    """A line for each epoch, and one in between when an epoch takes long."""

    def start(self, started: Started) -> None:
        super().start(started)
        self._epochs, self._steps, self._spoke = started.epochs, started.steps, time.monotonic()
        self._table = EpochTable(started.epochs, started.metric, validated="validation" in started.files)
        for line in _opening(started):
            terminal.say(line)
        terminal.say(self._table.head())

    def step(self, done: StepDone) -> None:
        if time.monotonic() - self._spoke > SECONDS_BETWEEN_LINES:
            self._spoke = time.monotonic()
            terminal.say(f"epoch {done.epoch}, step {done.step:,} of {self._steps:,}, loss {done.loss:.4f}")

    def epoch(self, done: EpochDone) -> None:
        self._spoke = time.monotonic()
        terminal.say(self._table.line(done.row, best=done.best))

    def finish(self, finished: Finished) -> None:
        for line in _closing(finished):
            terminal.say(line)


class Bars(Lines):
    """A bar over the steps of an epoch and one over all epochs, under the lines of the epochs that are done.

    What a signal says waits until a bar that is being drawn is whole: the cursor is between the bars until then.
    """

    def __init__(self) -> None:
        self._bars: list = []
        self._drawing, self._urgent = False, ""

    def start(self, started: Started) -> None:
        tqdm = terminal.bars()
        with self._whole():
            super().start(started)
            tqdm.monitor_interval = 0
            per_epoch, shared = started.steps_per_epoch, {"file": sys.stderr, "dynamic_ncols": True, "leave": False}
            shared |= {"unit": "step"}
            self._all = tqdm(total=started.steps, initial=started.done, position=0, desc="training", **shared)
            self._one = tqdm(total=per_epoch, initial=started.position, position=1, desc="epoch", **shared)
            self._bars = [self._one, self._all]
            self._examples, self._shown = 0, time.monotonic()

    def step(self, done: StepDone) -> None:
        self._examples += done.examples
        self._drawing = True
        with contextlib.suppress(OSError):
            self._one.update()
            self._all.update()
        self._drawing = False
        if self._urgent:
            self._say_urgent()
        now = time.monotonic()
        if now - self._shown > 0.2:
            rate, self._examples, self._shown = self._examples / (now - self._shown), 0, now
            self._one.set_description_str(f"epoch {done.epoch}/{self._epochs}", refresh=False)
            self._one.set_postfix_str(f"loss {done.loss:.4f}, lr {done.lr:.2e}, {rate:,.0f} samples/s", refresh=False)

    def epoch(self, done: EpochDone) -> None:
        self._write(self._table.line(done.row, best=done.best))
        with self._whole():
            self._one.reset()

    def warn(self, text: str) -> None:
        with self._whole():
            for bar in self._bars:
                bar.clear()
            super().warn(text)

    def interject(self, text: str) -> None:
        if self._drawing:
            self._urgent = text
        elif self._bars:
            self._write(text)
        else:
            super().interject(text)

    def finish(self, finished: Finished) -> None:
        self.close()
        super().finish(finished)

    def close(self) -> None:
        with self._whole():
            for bar in self._bars:
                with contextlib.suppress(OSError):
                    bar.close()
            self._bars = []

    def _write(self, line: str) -> None:
        """A line above the bars."""
        with self._whole():
            self._all.write(line, file=sys.stderr)

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        """Draw something; a terminal that was closed takes nothing. What a signal said meanwhile comes after it."""
        self._drawing = True
        try:
            with contextlib.suppress(OSError):
                yield
        finally:
            self._drawing = False
        if self._urgent:
            self._say_urgent()

    def _say_urgent(self) -> None:
        text, self._urgent = self._urgent, ""
        self.interject(text)


def _opening(started: Started) -> list[str]:
    so_far = f", {started.done:,} of them done" if started.done else ""
    return [
        f"{harmless(str(started.run))}: {counted(started.network.size, 'parameter')}{_frozen(started.network)}, "
        f"{counted(started.examples, 'training example')}, {counted(started.steps, 'step')}{so_far}, "
        f"{counted(started.workers, 'process')}",
        f"data: {_sources(started.files)}",
        *([f"columns: {columns_in_short(started.columns)}"] if started.columns else []),
        *([f"max_lr: {started.found_rate:g}, found by a range test"] if started.found_rate else []),
    ]


def _frozen(network: Network) -> str:
    """How many of the parameters do not learn, if there are any."""
    return f" ({network.size - network.learned:,} frozen)" if network.learned < network.size else ""


def _sources(files: Mapping[str, str]) -> str:
    """Every file, with the splits that were read from it."""
    splits = {file: [split for split, other in files.items() if other == file] for file in files.values()}
    return "; ".join(f"{file} ({', '.join(names)})" for file, names in splits.items())


def _closing(finished: Finished) -> list[str]:
    summary, best = finished.summary, finished.summary["best"]
    ending = f"{finished.status} ({finished.reason})" if finished.reason else finished.status
    lines = [f"{ending}: {counted(summary['epochs'], 'epoch')}, {summary['training_seconds']:.1f} s of training"]
    if best is not None:
        from nnfs_cli.training.state import monitored

        monitor = monitored(best, summary["monitor"]).column
        lines.append(f"best epoch: {best['epoch']}, {monitor} {terminal.number(best[monitor])}")
    if finished.status == "interrupted":
        lines.append(f"go on with: nnfs train --resume {harmless(str(finished.run))}")
    return lines
