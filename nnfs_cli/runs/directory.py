"""RunDirectory: where a run keeps its files, and how to find one again."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnfs_cli.errors import CheckpointError, ConfigError
from nnfs_cli.runs import durable, files, folds
from nnfs_cli.text import counted, shown

RUNS = Path("runs")


@dataclass(frozen=True)
class RunDirectory:
    """The names of the files of a run."""

    path: Path

    @property
    def config(self) -> Path:
        """The resolved configuration."""
        return self.path / "config.yaml"

    @property
    def metrics(self) -> Path:
        """A row an epoch."""
        return self.path / "metrics.csv"

    @property
    def steps(self) -> Path:
        """A row an optimizer step."""
        return self.path / "steps.csv"

    @property
    def summary(self) -> Path:
        """What the run was and how it ended."""
        return self.path / "summary.json"

    @property
    def curves(self) -> Path:
        """The picture of the metrics."""
        return self.path / "curves.png"

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def best(self) -> Path:
        """The checkpoint with the best monitored metric."""
        return self.checkpoints / "best.safetensors"

    @property
    def last(self) -> Path:
        """The checkpoint that training goes on from."""
        return self.checkpoints / "last.safetensors"

    @property
    def previous(self) -> Path:
        """The one before the last, should that be damaged."""
        return self.checkpoints / "previous.safetensors"


def create(runs_dir: Path, name: str, *, numbered: bool = True, checkpoints: bool = True) -> RunDirectory:
    """Make the directory of a new run: <name>-<number>, or just <name>, which must not be there yet.

    Control characters in the name of a configuration becomes "_" in the name of a numbered run.

    Args:
        checkpoints: whether it has a folder for them.

    Raises:
        ConfigError: the name is taken, or is not a plain name.
        MachineError: the directory cannot be made.
    """
    if numbered:
        name = _tame(name)
    if not name or name != Path(name).name or name in (".", ".."):
        raise ConfigError(f"--name {shown(name)}: expected a plain name without slashes.")
    if not (numbered or name.isprintable()):
        raise ConfigError(f"--name {shown(name)}: expected a name that can be shown, without control characters.")
    with durable.explained(runs_dir / name):
        durable.make_directory(runs_dir)
        path = _make_numbered(runs_dir, name) if numbered else _make_named(runs_dir, name)
        if checkpoints:
            _furnish(path)
    return RunDirectory(path)


def create_for(work: contextlib.ExitStack, runs_dir: Path, name: str, **how: bool) -> RunDirectory:
    """Make a directory as `create` does, which goes away again with what is in it when `work` ends before its time.

    Signals wait in the meantime: none can come when the directory is there and nobody would take it away.

    Raises:
        ConfigError, MachineError: as `create`.
    """
    with _undisturbed():
        run = create(runs_dir, name, **how)
        work.callback(shutil.rmtree, run.path, ignore_errors=True)
    return run


def find(run: str, runs_dir: Path) -> Path:
    """The run directory or the checkpoint file that a user means: a path, or the name of a run.

    Raises:
        CheckpointError: there is none, or it holds folds, or its folder of checkpoints or a name in there is a link.
    """
    for path in (Path(run), runs_dir / run):
        folds.refuse(path)
        if path.parent.name == "checkpoints":
            _require_own_checkpoint(path)
        if path.is_file():
            return files.target(path)
        if (path / "checkpoints").is_dir():
            require_own_checkpoints(RunDirectory(path))
            return path
    if Path(run).is_dir():
        raise CheckpointError(
            f"{shown(run)}: is a directory, but not of a run: it has no checkpoints folder. Name a run."
        )
    if os.path.exists(run):
        raise CheckpointError(f"{shown(run)}: is a pipe or a device, expected a run or a checkpoint file.")
    known = sorted(path.name for path in runs_dir.glob("*/") if (path / "checkpoints").is_dir())
    close = difflib.get_close_matches(run, known, 1)
    there = f"{runs_dir} holds {counted(len(known), 'run')}. Give another name or --runs-dir."
    hint = f"Did you mean '{shown(close[0])}'?" if close else there
    raise CheckpointError(f"{shown(run)}: no such run or checkpoint. {hint}")


def find_checkpoint(run: str, runs_dir: Path) -> Path:
    """The checkpoint to predict with: the best of a run, the last where none is the best yet, or the file itself.

    Raises:
        CheckpointError: there is no such thing.
    """
    path = find(run, runs_dir)
    if path.is_file():
        return path
    found = RunDirectory(path)
    existing = [checkpoint for checkpoint in (found.best, found.last) if os.path.lexists(checkpoint)]
    if not existing:
        raise CheckpointError(f"{path}: has no checkpoint. Run nnfs train --resume {path} first.")
    return existing[0]


def require_own_checkpoints(run: RunDirectory) -> None:
    """Refuse a run whose checkpoints lie elsewhere: what is cleaned up there would not be its own.

    Raises:
        CheckpointError: its folder of checkpoints is a link.
    """
    try:
        files.require_folder(run.checkpoints)
    except files.NotPlain as error:
        raise CheckpointError(f"{run.checkpoints}: {error.strerror}.") from None


def _require_own_checkpoint(path: Path) -> None:
    """Refuse a link among the checkpoints of a run: what it leads to may be a run of its own, to be written to.

    Raises:
        CheckpointError: it is one, or lies in a folder that is one.
    """
    require_own_checkpoints(RunDirectory(path.parent.parent))
    if path.is_symlink():
        raise CheckpointError(f"{path}: is a link, expected a plain file. Remove it, or name what it leads to.")


def require_plain_files(run: RunDirectory) -> None:
    """Refuse a run that cannot be gone on with because something else stands where its files are expected.

    Raises:
        CheckpointError: its folder of checkpoints is a link.
        MachineError: one of its other files is a link, a pipe, a device or a folder.
    """
    require_own_checkpoints(run)
    for path in (run.config, run.summary, run.metrics, run.steps):
        with durable.explained(path):
            files.require_plain(path)


def run_of(checkpoint: Path) -> RunDirectory | None:
    """The run that a checkpoint file lies in, if it lies in one."""
    run = RunDirectory(checkpoint.resolve().parent.parent)
    return run if checkpoint.resolve().parent.name == "checkpoints" and run.config.is_file() else None


def _tame(name: str) -> str:
    """A name without control characters; bytes that are not text stay, because they are part of the file's name."""
    return "".join(c if c.isprintable() or "\ud800" <= c <= "\udfff" else "_" for c in name)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let the signals that end a program wait, where the system lets one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _furnish(path: Path) -> None:
    """Make what is in the directory of a new run, or take that away again."""
    try:
        durable.sync_directory(path.parent)
        durable.make_directory(path / "checkpoints")
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _make_named(runs_dir: Path, name: str) -> Path:
    path = runs_dir / name
    try:
        path.mkdir()
    except FileExistsError:
        resume = f", or go on with --resume {name}" if (path / "checkpoints").is_dir() or folds.are_in(path) else ""
        raise ConfigError(f"--name {name}: {path} exists. Choose another name{resume}.") from None
    return path


def _make_numbered(runs_dir: Path, name: str) -> Path:
    """mkdir is what decides when several runs start at once: who comes second tries the next number."""
    pattern = re.compile(re.escape(name) + r"-(\d+)")
    taken = (pattern.fullmatch(path.name) for path in runs_dir.iterdir())
    number = max((int(match[1]) for match in taken if match), default=0)
    while True:
        number += 1
        path = runs_dir / f"{name}-{number}"
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
