"""Training on the terminal: what people see while a network learns, and what they get in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnfs_cli.cli import options, terminal
from nnfs_cli.cli.display import display_for
from nnfs_cli.cli.signals import Signals
from nnfs_cli.cli.start import ended_by_ctrl_c
from nnfs_cli.config import load, read_threads
from nnfs_cli.errors import MachineError
from nnfs_cli.runs.directory import RunDirectory, find, find_checkpoint, require_plain_files, run_of

if TYPE_CHECKING:
    from nnfs_cli.sessions.records import Finished


def start(
    path: Path,
    overrides: tuple[str, ...],
    runs_dir: Path,
    data_dir: Path,
    *,
    name: str | None,
    seed: int | None,
    init_from: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Train the network of a configuration; the exit code."""
    options.fix_blas_threads(read_threads(path, overrides))
    with ended_by_ctrl_c():
        from nnfs_cli.sessions.train import train

        config = load(path, overrides, seed=seed)

    def begin(asked_to_stop: Callable[[], bool]) -> Any:
        return train(
            config,
            options.locator(data_dir, quiet=quiet),
            runs_dir=runs_dir,
            name=name,
            init_from=None if init_from is None else find_checkpoint(init_from, runs_dir),
            should_stop=asked_to_stop,
        )

    return _follow(begin, as_json=as_json, quiet=quiet)


def resume(run: str, overrides: tuple[str, ...], runs_dir: Path, data_dir: Path, *, as_json: bool, quiet: bool) -> int:
    """Go on with a run; the exit code."""
    path = find(run, runs_dir)
    files = RunDirectory(path) if path.is_dir() else run_of(path)
    if files:
        require_plain_files(files)
    options.fix_blas_threads(read_threads(files.config, overrides) if files else 1)
    with ended_by_ctrl_c():
        from nnfs_cli.sessions.resume import resume as go_on

    def begin(asked_to_stop: Callable[[], bool]) -> Any:
        return go_on(path, overrides, options.locator(data_dir, quiet=quiet), should_stop=asked_to_stop)

    return _follow(begin, as_json=as_json, quiet=quiet)


def _follow(begin: Callable[[Callable[[], bool]], Any], *, as_json: bool, quiet: bool) -> int:
    """Show what a training does, draw its curves if there is time, and answer with its directory."""
    from nnfs_cli.sessions.records import Finished, Started, Warned
    from nnfs_cli.training.records import EpochDone, StepDone

    display = display_for(quiet)
    with (
        Signals(display.interject) as signals,
        contextlib.closing(display),
        contextlib.ExitStack() as ending,
    ):
        for record in begin(signals.asked_to_stop):
            match record:
                case StepDone():
                    display.step(record)
                case EpochDone():
                    display.epoch(record)
                case Warned():
                    display.warn(record.text)
                case Started():
                    signals.train_on()
                    display.start(record)
                case Finished():
                    display.finish(record)
                    ending.callback(_end, record, signals, as_json)
    return signals.exit_code


def _end(finished: Finished, signals: Signals, as_json: bool) -> None:
    """Answer first: what cannot be drawn or written afterwards does not hide it."""
    from nnfs_cli.sessions.pictures import draw_curves

    try:
        with contextlib.suppress(*[MachineError] * signals.hung_up):
            _answer(finished, as_json)
    finally:
        if not signals.skip_plots:
            for warning in draw_curves(finished.run, finished.summary):
                terminal.warn(warning)


def _answer(finished: Finished, as_json: bool) -> None:
    """The directory alone, or one object with what a sweep compares."""
    if not as_json:
        terminal.answer(str(finished.run))
        return
    from nnfs_cli.training.state import monitored

    summary, best = finished.summary, finished.summary["best"] or {}
    monitor = monitored(best, summary["monitor"]).column if best else summary["monitor"]
    terminal.answer_json(
        {
            "run": str(finished.run),
            "status": finished.status,
            "epochs": summary["epochs"],
            "steps": summary["steps"],
            "monitor": monitor,
            "best": best.get(monitor),
            "best_epoch": best.get("epoch"),
            **{name: value for name, value in best.items() if name.startswith("val_")},
            "seconds": summary["training_seconds"],
            "samples_per_second": summary["samples_per_second"],
        }
    )
