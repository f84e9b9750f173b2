"""Kernels: which of its matrix products the OpenBLAS inside NumPy has chosen, and how many threads run them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_", "openblas_{}")


def kernels() -> str:
    """The processor that the kernels were written for, such as SkylakeX or Haswell."""
    name = _ask("get_corename", ctypes.c_char_p)
    return name.decode() if name else "unknown"


def threads() -> int | None:
    """The BLAS threads of this process, where the library tells."""
    return _ask("get_num_threads", ctypes.c_int)


def _ask(question: str, answer: Any) -> Any:
    for library in _libraries():
        for name in NAMES:
            function = getattr(library, name.format(question), None)
            if function is not None:
                function.restype = answer
                return function()
    return None


def _libraries() -> Iterator[ctypes.CDLL]:
    """The OpenBLAS that NumPy's wheels bring along; it is loaded already, so this opens the same one again."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        yield from (ctypes.CDLL(str(path)) for path in sorted(folder.glob("*openblas*")))
