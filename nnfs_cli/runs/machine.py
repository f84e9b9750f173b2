"""Machine: where a run took place, as far as its bits and its speed depend on it."""

from __future__ import annotations

import functools
import os
import platform
import sys
from typing import Any

import numpy as np

from nnfs_cli.runs.commit import git_commit


def describe() -> dict[str, Any]:
    """Versions, processor, BLAS and git commit, for summary.json."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "versions": {"nnfs": own_version(), "python": platform.python_version(), "numpy": np.__version__},
        "platform": system(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "blas": {"name": blas.get("name"), "version": blas.get("version"), "environment": _blas_environment()},
        "git_commit": git_commit(),
    }


def differences(before: Any, now: dict[str, Any]) -> list[str]:
    """A warning if one machine may round otherwise than the one that another description is of.

    Args:
        before: what `describe` said there; anything else tells nothing.
        now: what it says here.
    """
    changed = [f"{name} {old} then, {new} now" for name, old, new in _pairs(before, now) if old != new]
    return [f"the machine has changed, so the last digits may differ: {'; '.join(changed)}"] if changed else []


@functools.cache
def own_version() -> str:
    """The version of this program."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("nnfs")
    except PackageNotFoundError:
        return "unknown"


@functools.cache
def processor() -> str:
    """The name of the processor."""
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return os.environ.get("PROCESSOR_IDENTIFIER") or platform.machine()


@functools.cache
def system() -> str:
    """The operating system with its release and its C library.

    `platform.platform` and `platform.processor` would start `uname` and `file`, whichever those are.
    """
    c_library = "".join(platform.libc_ver())
    parts = (platform.system(), platform.release(), platform.machine(), c_library and f"with-{c_library}")
    return "-".join(part for part in parts if part)


def peak_memory() -> int | None:
    """The most bytes that this process has had in memory so far, where the system tells."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _blas_environment() -> dict[str, str]:
    """The variables that choose kernels and threads."""
    names = ("OPENBLAS_", "MKL_", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    return {name: value for name, value in sorted(os.environ.items()) if name.startswith(names)}


def _pairs(before: Any, now: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What decides on the bits of a result, there and here."""
    try:
        return [
            ("NumPy", before["versions"]["numpy"], now["versions"]["numpy"]),
            ("processor", before["processor"], now["processor"]),
            ("BLAS", before["blas"], now["blas"]),
        ]
    except (LookupError, TypeError):
        return []
