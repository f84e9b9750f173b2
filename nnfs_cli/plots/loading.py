"""Loading: matplotlib without the programs that it starts, the files that it looks for, and the docstrings it writes.

On its first use it starts `fc-list` or `system_profiler`, whichever those are. It has the font of our pictures with it,
and finds those in the usual folders by itself. It also reads a file `matplotlibrc` in the working directory, which may
be anybody's: it is loaded from a directory of our own. A third of its loading goes into docstrings of methods `set`,
made out of those of all methods that set one property, which nobody reads here.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn


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


@contextlib.contextmanager
def _replaced(owner: object, name: str, value: object) -> Iterator[None]:
    """Let an attribute be another for a moment, if there is one."""
    if name not in vars(owner):
        yield
        return
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


with _at_home(), _replaced(subprocess, "check_output", _refuse):
    importlib.import_module("matplotlib.font_manager")

# A private method: a matplotlib that has none writes what it likes.
_artist = importlib.import_module("matplotlib.artist").Artist
with _replaced(_artist, "_update_set_signature_and_docstring", classmethod(lambda cls: None)):
    importlib.import_module("matplotlib.figure")
