"""Fonts: matplotlib is loaded without the programs and the files that it looks for by itself.

On its first use it starts `fc-list` or `system_profiler`, whichever those are. It has the font of our pictures with it,
and finds those in the usual folders by itself. It also reads a file `matplotlibrc` in the working directory, which may
be anybody's: it is loaded from a directory of our own.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from unittest import mock


def _refuse(*command: object, **options: object) -> NoReturn:
    raise FileNotFoundError("no program is started for a picture")


@contextlib.contextmanager
def _at_home() -> Iterator[None]:
    """Work in the directory of this package for a moment; the one before may have been removed meanwhile."""
    before = os.open(".", os.O_RDONLY) if hasattr(os, "fchdir") else None
    os.chdir(Path(__file__).parent)
    try:
        yield
    finally:
        if before is not None:
            os.fchdir(before)
            os.close(before)


with _at_home(), mock.patch.object(subprocess, "check_output", _refuse):
    importlib.import_module("matplotlib.font_manager")
