"""Commit: which one of a git checkout a program ran in, read from the files of git.

No program is started for it: the configuration of a repository names programs that git runs, and a repository may come
from anywhere. Whether files were changed since cannot be known that way.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from nnfs_cli.runs import files

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""The name of a commit: SHA-1 or SHA-256, in hexadecimal."""
REFERENCE = re.compile(r"refs(/[^/\x00-\x20\x7f]+)+")
FOLDERS_UP = 64
LINKS = 5
LARGEST_NOTE = 4096
LARGEST_PACK = 32 * 2**20


def git_commit(folder: Path | None = None) -> str | None:
    """The commit of the checkout that a folder lies in; None where there is none, or its files say none.

    Args:
        folder: the working directory if left out.

    Source: gitrepository-layout(5): a `.git` file with `gitdir:`, `commondir`, HEAD, loose and packed references.
    """
    try:
        here = Path.cwd() if folder is None else folder.absolute()
        git = next(filter(None, map(_git_folder, [here, *here.parents][:FOLDERS_UP])), None)
        return _resolved(git, _common(git)) if git is not None else None
    except (OSError, ValueError):
        return None


def _git_folder(folder: Path) -> Path | None:
    """The folder of git for a checkout; worktrees and submodules have a file that says where theirs is."""
    path = folder / ".git"
    if path.is_dir():
        return path if (path / "HEAD").exists() else None
    return _led_to(folder, _note(path).removeprefix("gitdir:").strip()) if path.is_file() else None


def _common(git: Path) -> Path:
    """Where a worktree keeps what it shares with others."""
    path = git / "commondir"
    return _led_to(git, _note(path)) if path.exists() else git


def _led_to(folder: Path, name: str) -> Path:
    """A path out of a file of git, which must be on this machine."""
    if name.startswith(("//", "\\\\")):
        raise ValueError("another machine")
    return folder / name


def _resolved(git: Path, common: Path) -> str | None:
    """The commit that HEAD stands for, through references to references."""
    word = _note(git / "HEAD")
    for _ in range(LINKS):
        if COMMIT.fullmatch(word):
            return word
        name = word.removeprefix("ref:").strip()
        if not REFERENCE.fullmatch(name) or ".." in name:
            return None
        word = _loose(git, name) or _loose(common, name) or _packed(common, name)
    return None


def _loose(folder: Path, name: str) -> str:
    path = folder / name
    return _note(path) if path.is_file() else ""


def _packed(common: Path, name: str) -> str:
    """What the file of packed references says of one of them; nothing where it does not know it."""
    path = common / "packed-refs"
    content = files.read(path, LARGEST_PACK, follow=True) if path.is_file() else b""
    found = re.search(rb"^([0-9a-f]+) " + re.escape(os.fsencode(name)) + rb"$", content, re.MULTILINE)
    return found[1].decode() if found else ""


def _note(path: Path) -> str:
    """A short file of one line."""
    return os.fsdecode(files.read(path, LARGEST_NOTE, follow=True)).strip()
