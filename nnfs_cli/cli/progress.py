"""Progress: a training as it is watched, with bars on a terminal and with plain lines in a file."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from nnfs_cli.cli import terminal
from nnfs_cli.text import harmless

if TYPE_CHECKING:
    from nnfs_cli.sessions.records import EpochDone, Finished, Started, StepDone

WIDTHS = (7, 8, 10, 9, 8, 8, 9, 9, 4)
SECONDS_BETWEEN_LINES = 30.0


class Progress(Protocol):
    """Somebody who is told of everything."""

    def start(self, started: Started) -> None: ...

    def step(self, done: StepDone) -> None: ...

    def epoch(self, done: EpochDone) -> None: ...

    def warn(self, text: str) -> None: ...

    def finish(self, finished: Finished) -> None: ...

    def close(self) -> None: ...


def progress_for(quiet: bool) -> Progress:
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

    def finish(self, finished: Finished) -> None:
        pass

    def close(self) -> None:
        pass


class Lines(Quiet):
    """A line for each epoch, and one in between when an epoch takes long."""

    def start(self, started: Started) -> None:
        super().start(started)
        self._epochs, self._steps, self._spoke = started.epochs, started.steps, time.monotonic()
        self._metric = started.metric
        for line in _opening(started):
            terminal.say(line)

    def step(self, done: StepDone) -> None:
        if time.monotonic() - self._spoke > SECONDS_BETWEEN_LINES:
            self._spoke = time.monotonic()
            terminal.say(f"epoch {done.epoch}, step {done.step:,} of {self._steps:,}, loss {done.loss:.4f}")

    def epoch(self, done: EpochDone) -> None:
        self._spoke = time.monotonic()
        terminal.say(_epoch_line(done, self._epochs, self._metric))

    def finish(self, finished: Finished) -> None:
        for line in _closing(finished):
            terminal.say(line)


class Bars(Lines):
    """A bar over the steps of an epoch and one over all epochs, under the lines of the epochs that are done."""

    def __init__(self) -> None:
        self._bars: list = []

    def start(self, started: Started) -> None:
        tqdm = terminal.bars()
        super().start(started)
        tqdm.monitor_interval = 0
        self._per_epoch = started.steps_per_epoch
        shared = {"file": sys.stderr, "dynamic_ncols": True, "leave": False}
        self._all = tqdm(total=started.steps, initial=started.done, unit="step", position=0, desc="training", **shared)
        at = started.done % self._per_epoch
        self._one = tqdm(total=self._per_epoch, initial=at, unit="step", position=1, desc="epoch", **shared)
        self._bars = [self._one, self._all]
        self._examples, self._shown = 0, time.monotonic()

    def step(self, done: StepDone) -> None:
        self._examples += done.examples
        with contextlib.suppress(OSError):
            self._one.update()
            self._all.update()
        now = time.monotonic()
        if now - self._shown > 0.2:
            rate, self._examples, self._shown = self._examples / (now - self._shown), 0, now
            self._one.set_description_str(f"epoch {done.epoch}/{self._epochs}", refresh=False)
            self._one.set_postfix_str(f"loss {done.loss:.4f}, lr {done.lr:.2e}, {rate:,.0f} samples/s", refresh=False)

    def epoch(self, done: EpochDone) -> None:
        self._write(_epoch_line(done, self._epochs, self._metric))
        with contextlib.suppress(OSError):
            self._one.reset()

    def warn(self, text: str) -> None:
        for bar in self._bars:
            bar.clear()
        super().warn(text)

    def finish(self, finished: Finished) -> None:
        self.close()
        super().finish(finished)

    def close(self) -> None:
        for bar in self._bars:
            with contextlib.suppress(OSError):
                bar.close()
        self._bars = []

    def _write(self, line: str) -> None:
        """A line above the bars; a terminal that was closed takes none."""
        with contextlib.suppress(OSError):
            self._all.write(line, file=sys.stderr)


def _opening(started: Started) -> list[str]:
    network, processes = started.network, "process" if started.workers == 1 else "processes"
    so_far = f", {started.done:,} of them done" if started.done else ""
    short = "acc" if started.metric == "accuracy" else started.metric
    return [
        f"{harmless(str(started.run))}: {network.size:,} parameters, {started.examples:,} training examples, "
        f"{started.steps:,} steps{so_far}, {started.workers} {processes}",
        f"data: {_sources(started.files)}",
        _aligned(("epoch", "step", "train loss", f"train {short}", "val loss", f"val {short}", "lr", "samples/s", "")),
    ]


def _sources(files: Mapping[str, str]) -> str:
    """Every file, with the splits that were read from it."""
    splits = {file: [split for split, other in files.items() if other == file] for file in files.values()}
    return "; ".join(f"{file} ({', '.join(names)})" for file, names in splits.items())


def _epoch_line(done: EpochDone, epochs: int, metric: str) -> str:
    row, shown = done.row, terminal.percent if metric == "accuracy" else terminal.number
    return _aligned(
        (
            f"{row['epoch']}/{epochs}",
            f"{row['step']:,}",
            terminal.number(row["train_loss"]),
            shown(row[f"train_{metric}"]),
            terminal.number(row["val_loss"]),
            shown(row[f"val_{metric}"]),
            f"{row['lr']:.2e}",
            f"{row['samples_per_second']:,.0f}",
            "best" if done.best else "",
        )
    )


def _closing(finished: Finished) -> list[str]:
    summary, best = finished.summary, finished.summary["best"]
    ending = f"{finished.status} ({finished.reason})" if finished.reason else finished.status
    epochs = "1 epoch" if summary["epochs"] == 1 else f"{summary['epochs']} epochs"
    lines = [f"{ending}: {epochs}, {summary['training_seconds']:.1f} s of training"]
    if best is not None:
        from nnfs_cli.sessions.progress import monitored

        monitor, value = monitored(best, summary["monitor"])
        lines.append(f"best epoch: {best['epoch']}, {monitor} {terminal.number(value)}")
    if finished.status == "interrupted":
        lines.append(f"go on with: nnfs train --resume {harmless(str(finished.run))}")
    return lines


def _aligned(cells: tuple[str, ...]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
