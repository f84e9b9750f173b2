"""Fixtures of the command line."""

from __future__ import annotations

from tests.cli.conftest import directory, nnfs, quick_pictures, runs, trained

__all__ = ["directory", "nnfs", "quick_pictures", "runs", "trained"]
