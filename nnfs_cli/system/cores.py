"""Cores: which processors this process may use, and whether others use them."""

from __future__ import annotations

import os
from collections.abc import Collection


def allowed_cores() -> Collection[int]:
    """The numbers of the processors that this process may use; hardware threads of one core count each."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)


def others_run() -> bool:
    """Whether another program wants a core at this moment (proc(5), loadavg); where the system does not tell, yes."""
    try:
        with open("/proc/loadavg") as file:
            running, _, _ = file.read().split()[3].partition("/")
        return int(running) > 1
    except (OSError, ValueError, LookupError):
        return True
