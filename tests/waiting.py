"""Waiting: no test waits for the disk, which keeps what a process wrote whatever becomes of the process.

What lasts when the power fails is found out in `tests/faults` and `tests/runs/test_durable.py`.
"""

from __future__ import annotations

import os
import shutil

WAIT_FOR_THE_DISK = os.fsync
IN_MEMORY = "/dev/shm"
ENOUGH = 4 << 30


def wait_for_no_disk() -> None:
    """Let fsync(2) do no more than look at its descriptor, in this process and in those that it forks."""
    os.fsync = os.fstat  # type: ignore[assignment]


def work_in_memory() -> None:
    """Let pytest make its folders in memory, where there is room, and where programs can be started from them."""
    if not os.access(IN_MEMORY, os.W_OK) or os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(IN_MEMORY).free >= ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", IN_MEMORY)
