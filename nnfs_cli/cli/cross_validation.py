"""Cross-validation on the terminal: what people see while folds are trained, and what they get in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.cli.fold_display import display_for
from nnfs_cli.cli.signals import Signals
from nnfs_cli.cli.start import ended_by_ctrl_c
from nnfs_cli.config import load, read_threads
from nnfs_cli.errors import MachineError
from nnfs_cli.runs.folds import FoldsDirectory

if TYPE_CHECKING:
    from nnfs_cli.sessions.folds.records import FoldsFinished


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

    display = display_for(quiet)
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
