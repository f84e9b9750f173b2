"""Recovery: the newest whole checkpoint of a run, and what became of the run."""

from __future__ import annotations

import json
from pathlib import Path

from nnfs_cli.errors import CheckpointError, MachineError
from nnfs_cli.runs import checkpoint, files, lock
from nnfs_cli.runs.checkpoint import Checkpoint
from nnfs_cli.runs.directory import RunDirectory
from nnfs_cli.runs.tables import last_value
from nnfs_cli.saved.snapshot import step_of

LARGEST_SUMMARY = 16 * 2**20


def newest_whole(run: RunDirectory) -> tuple[Checkpoint, tuple[str, ...]]:
    """The last checkpoint of a run, or if that is damaged the one before, with a warning.

    Raises:
        CheckpointError: neither can be read.
    """
    try:
        return checkpoint.read(run.last), ()
    except CheckpointError as damage:
        try:
            older = checkpoint.read(run.previous)
        except CheckpointError:
            raise damage from None
        reason, back = str(damage).removesuffix(checkpoint.FIX).rstrip(), f"step {step_of(older)} ({run.previous.name})"
        return older, (f"{reason} Going back from {_last_step(run)} to {back}.",)


def ended_as(run: Path) -> str:
    """The status of a run: what its summary says, but "killed" where it says "running" and no process owns the run.

    Returns:
        running, completed, interrupted, diverged, failed, killed, or unknown where there is no summary. Who may not
        look at the lock of a run cannot tell "killed" from "running".
    """
    try:
        status = json.loads(files.read(RunDirectory(run).summary, LARGEST_SUMMARY))["status"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return "unknown"
    return "killed" if status == "running" and lock.in_use(run) is False else str(status)


def _last_step(run: RunDirectory) -> str:
    """The step of the last row, which was written before the last checkpoint was."""
    try:
        return f"step {last_value(run.steps, 'step'):.0f}"
    except (MachineError, OSError, ValueError, LookupError, TypeError):
        return "an unknown step"
