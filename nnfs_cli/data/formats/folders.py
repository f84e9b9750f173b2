"""Folders: the files that people mean by a folder, and a word on those that are left out."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from nnfs_cli.data.formats.files import opening
from nnfs_cli.text import listed

FOREIGN = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}
MOST_NAMES = 3
NOWHERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
"""What the system says of a link that leads to nothing, or in a circle."""

Entry = os.DirEntry[str]


def is_meant(name: str) -> bool:
    """Whether a file or folder is of people, rather than hidden or left by a system."""
    return not name.startswith(".") and name.lower() not in FOREIGN


def is_file(entry: Entry | Path) -> bool:
    """Whether it is a file, or a link to one; a link that leads nowhere is none.

    Raises:
        DataError: it may not be looked at.
    """
    return _is(entry.is_file, entry)


def is_folder(entry: Entry) -> bool:
    """Whether it is a folder, or a link to one; a link that leads nowhere is none.

    Raises:
        DataError: it may not be looked at.
    """
    return _is(entry.is_dir, entry)


def _is(kind: Callable[[], bool], entry: Entry | Path) -> bool:
    try:
        return kind()
    except OSError as error:
        if error.errno in NOWHERE:
            return False
        with opening(os.fspath(entry)):
            raise


def entries_in(folder: Path | str) -> list[Entry]:
    """What people mean of a folder, in alphabetical order.

    Raises:
        DataError: the folder cannot be read.
    """
    with opening(folder), os.scandir(folder) as entries:
        return sorted((entry for entry in entries if is_meant(entry.name)), key=lambda entry: entry.name)


def entries_below(folder: Path | str) -> list[Entry]:
    """Everything but folders, at any depth, in alphabetical order; links to folders are not followed but listed.

    Raises:
        DataError: a folder cannot be read.
    """
    found, open_folders = list[Entry](), [iter(entries_in(folder))]
    while open_folders:
        for entry in open_folders[-1]:
            if entry.is_dir(follow_symlinks=False):
                open_folders.append(iter(entries_in(entry.path)))
                break
            found.append(entry)
        else:
            open_folders.pop()
    return found


def files_below(folder: Path) -> list[Path]:
    """The paths of `entries_below`.

    Raises:
        DataError: a folder cannot be read.
    """
    return [Path(entry.path) for entry in entries_below(folder)]


def left_out(folder: Path, paths: Sequence[str | Path], what: str) -> tuple[str, ...]:
    """A warning on files that are not read, if there are any.

    Args:
        what: why, such as "that are no pictures".
    """
    if not paths:
        return ()
    names = listed([os.path.relpath(path, folder) for path in paths[:MOST_NAMES]])
    return (f"{folder}: left out {len(paths):,} {'files' if len(paths) > 1 else 'file'} {what}, such as {names}",)
