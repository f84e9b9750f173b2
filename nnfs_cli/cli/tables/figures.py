"""Figures: what a metric measured, as people read it."""

from __future__ import annotations

from nnfs_cli.cli import terminal
from nnfs_cli.registry import METRICS


def figure(name: str, value: float | None) -> str:
    """A share in percent, anything else as a number; a dash for none."""
    return (terminal.percent if name in METRICS and METRICS[name].is_share else terminal.number)(value)
