"""Temporary: files that do not outlive the program, not even where a signal ends it at once."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
_files: set[Path] = set()


def free_name(path: Path) -> Path:
    """A name beside a file that nobody else has, and that is short enough whatever the file is called."""
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


@contextlib.contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """While entered, this file is one of those that `remove_all` removes. Enter before the file is made."""
    _files.add(path)
    try:
        yield path
    finally:
        _files.discard(path)


def remove_all() -> None:
    """Remove them; only for a program that ends now, since whoever writes them is not told."""
    for path in list(_files):
        with contextlib.suppress(OSError):
            path.unlink()
