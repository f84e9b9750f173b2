"""Effort: how many times the usual number of faults the tests inject; NNFS_EFFORT=20 for a long run."""

from __future__ import annotations

import os

EFFORT = int(os.environ.get("NNFS_EFFORT", "1"))
