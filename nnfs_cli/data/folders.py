"""Folders: the files that people mean by a folder, and a word on those that are left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from nnfs_cli.data.files import opening
from nnfs_cli.text import listed

FOREIGN = {"__macosx", "thumbs.db", "desktop.ini"}
MOST_NAMES = 3


def is_meant(name: str) -> bool:
    """Whether a file or folder is of people, rather than hidden or left by a system."""
    return not name.startswith(".") and name.lower() not in FOREIGN


def files_below(folder: Path) -> list[Path]:
    """Everything but folders, at any depth, in alphabetical order; links to folders are not followed but listed.

    Raises:
        DataError: a folder cannot be read.
    """
    found = list[Path]()
    for here, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = filter(is_meant, folders)
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        found.extend(Path(here, name) for name in (*filter(is_meant, names), *links))
    return sorted(found)


def _refuse(error: OSError) -> None:
    with opening(error.filename):
        raise error


def left_out(folder: Path, paths: Sequence[Path], what: str) -> tuple[str, ...]:
    """A warning on files that are not read, if there are any.

    Args:
        what: why, such as "that are no pictures".
    """
    if not paths:
        return ()
    names = listed([str(path.relative_to(folder)) for path in paths[:MOST_NAMES]])
    return (f"{folder}: left out {len(paths):,} {'files' if len(paths) > 1 else 'file'} {what}, such as {names}",)
