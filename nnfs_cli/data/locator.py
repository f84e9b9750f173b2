"""Locator: finds the files of a configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnfs_cli.data.formats.files import locate


@dataclass(frozen=True)
class Locator:
    """Where files are looked for, and how the wait for a download is shown.

    Attributes:
        data_dir: the folder of data sets.
        progress: makes a progress bar, with pooch's interface, from the address of a file; None: none is shown.
        beside: the folders of the configuration, whose relative paths are looked for there first.
        found: where paths of the configuration led when they were found last; looked there before anything else.
        typed: the paths that stand on the command line; they are looked for in the working directory first.
        counter: makes a bar over so many pictures of a folder, to be entered, from the name and the number.
        say: shows a line that people may want to know.
    """

    data_dir: Path
    progress: Callable[[str], Any] | None = None
    beside: tuple[Path, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    counter: Callable[[str, int], Any] | None = None
    say: Callable[[str], None] | None = None

    def find(self, path: str) -> Path:
        """The file or folder that a path of the configuration means.

        Raises:
            DataError: it is in none of its folders; all of them are listed.
        """
        known = [Path(self.found[path])] if path in self.found else []
        if path in self.typed:
            return locate(path, [Path(), *self.beside, self.data_dir], last=known)
        return locate(path, [*self.beside, Path(), self.data_dir], first=known)

    def folders(self, name: str) -> list[Path]:
        """Where the files of the data set called `name` may lie: in the data directory, or where they were before."""
        known = [Path(self.found[name])] if name in self.found else []
        return [self.data_dir / name, *known]


def recorded(paths: Mapping[str, Path]) -> dict[str, str]:
    """The absolute form of what paths led to, for those that are not absolute themselves and can be written down."""
    absolute = {path: os.path.abspath(file) for path, file in paths.items()}
    return {path: file for path, file in absolute.items() if path != file and _is_text(file)}


def _is_text(path: str) -> bool:
    """Whether a configuration can hold it: no control characters and no bytes that are no text."""
    return path.isprintable() or not any(c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff" for c in path)
