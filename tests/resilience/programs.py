"""Programs: options that let a run go on for one step."""

from __future__ import annotations

from pathlib import Path

from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.directory import RunDirectory


def one_step_more(run: Path) -> tuple[str, ...]:
    """Options that end a resumed training after its next step."""
    step = checkpoint.read(RunDirectory(run).last).state["training"]["step"]
    return ("--set", f"training.max_steps={step + 1}")
