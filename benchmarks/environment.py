"""Environment: the variables that a measured process sees."""

from __future__ import annotations

import os

PREFIX = "OPENBLAS_"
THREADS = "OPENBLAS_NUM_THREADS"


def openblas_variables() -> dict[str, str]:
    """The variables that choose what OpenBLAS does, as they are, but the number of threads: the program sets that."""
    return {name: value for name, value in sorted(os.environ.items()) if name.startswith(PREFIX) and name != THREADS}


def without_openblas_variables() -> dict[str, str]:
    """All variables but OpenBLAS's, and no download: what is measured is the same for everybody, and is on disk."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**kept, "NNFS_OFFLINE": "1"}


def one_thread(environment: dict[str, str]) -> dict[str, str]:
    """The same variables with one BLAS thread, as `nnfs train` has by itself."""
    return {**environment, **{f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}}
