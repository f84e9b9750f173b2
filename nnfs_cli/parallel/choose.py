"""How many processes a training is worth, and the group they make."""

from __future__ import annotations

import os
from typing import Literal

from nnfs_cli.parallel.alone import Alone
from nnfs_cli.parallel.group import ProcessGroup
from nnfs_cli.parallel.processes import Processes
from nnfs_cli.system.cores import allowed_cores, others_run
from nnfs_cli.system.forks import can_fork

WORTH_SHARING = 2_000_000
BUSY_SHARE = 0.4


def workers_worth(wanted: int | Literal["auto"], multiply_adds: int) -> int:
    """The number of processes: the one that is wanted, or for "auto" the physical cores if a step is worth sharing.

    Args:
        wanted: a number or "auto".
        multiply_adds: of the forward pass of one step; below about two million, waiting costs more than sharing gains.
    """
    if wanted == "auto":
        return physical_cores() if multiply_adds >= WORTH_SHARING else 1
    return wanted


def workers_possible(worth: int) -> int:
    """That many, or one where the system cannot fork a process, as Windows cannot."""
    return worth if can_fork() else 1


def busy_note(wanted: int | Literal["auto"], workers: int) -> str:
    """What people should know if "auto" chose several processes and other programs use the cores; else nothing.

    The choice itself never depends on the load: the same seed would not give the same bytes.
    """
    if wanted != "auto" or workers == 1 or not hasattr(os, "getloadavg"):
        return ""
    load, cores = os.getloadavg()[0], len(allowed_cores())
    if load < BUSY_SHARE * cores or not others_run():
        return ""
    return (
        f"the cores were busy in the last minute (load {load:.1f} on {cores}): if other programs still run, "
        f"try --workers 1, which may be faster than the {workers} processes that share every batch"
    )


def group_of(size: int) -> ProcessGroup:
    """A group of so many processes."""
    return Alone() if size == 1 else Processes(size)


def physical_cores() -> int:
    """How many cores this process may use; hardware threads of one core count once where the system tells."""
    return len({_core_of(cpu) for cpu in allowed_cores()})


def _core_of(cpu: int) -> str:
    try:
        with open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") as siblings:
            return siblings.read()
    except OSError:
        return str(cpu)
