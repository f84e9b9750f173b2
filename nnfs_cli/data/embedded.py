"""Embedded: the small files that travel with the program."""

from __future__ import annotations

from pathlib import Path


def embedded(name: str) -> Path:
    """Where the embedded file of this name would be: beside this module when installed, in `data/` of a checkout."""
    installed = Path(__file__).parent / "embedded"
    return (installed if installed.is_dir() else Path(__file__).parents[2] / "data") / name
