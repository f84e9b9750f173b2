"""Cores: which processors this process may use."""

from __future__ import annotations

import os
from collections.abc import Collection


def allowed_cores() -> Collection[int]:
    """The numbers of the processors that this process may use; hardware threads of one core count each."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
