"""Decoded: a cache of pictures as they were read, so that the next command need not read them again.

An entry is one file: the checksum of all that follows, a line of JSON that says what it is, then the bytes of the
pictures. It stands for the names, sizes and times of the files as they were looked at, wherever from, the shape asked
for, the way in which they were read, and the readers of pictures. It is never trusted blindly, and a cache that cannot
be written or read is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.data.formats.files import published
from nnfs_cli.errors import NnfsError
from nnfs_cli.nn.shapes import Array

VARIABLE = "NNFS_CACHE_DIR"
FORMAT = 2
SUFFIX = ".pictures"
MOST_BYTES = 2 << 30
CHECKSUM, LONGEST_LINE = len(b"00000000\n"), 64 << 20
FINE, COARSE, SECOND = 20_000_000, 2_000_000_000, 1_000_000_000
"""Nanoseconds within which two changes of a file may have the same time, by whether the file system counts them."""


@dataclass(frozen=True)
class Entry:
    """What a folder of pictures is kept under.

    Attributes:
        place: stands for the folder and all that is asked for.
        content: stands for the files; only the newest state of a place is kept.
        settled: whether the files are old enough that a further change would change their times.
        way: in which they were read; there is one entry of each.
    """

    place: str
    content: str
    settled: bool
    way: str = ""

    def read(self, way: str) -> Entry:
        """The entry of the same files, read in some way, a word of plain letters and digits."""
        return replace(self, way=way)

    @property
    def state(self) -> str:
        """How the names of all entries of these files begin."""
        return f"{self.place}-{self.content}-"

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.state}{self.way}{SUFFIX}"


def entry_of(folder: Path, files: Iterable[os.DirEntry[str]], asked: Any) -> Entry:
    """The entry of these files in this order.

    Args:
        asked: all that decides what is made of them, as JSON can hold it.

    Raises:
        OSError: a file cannot be looked at.
    """
    now, newest, listing, paths = time.time_ns(), 0, [], _Paths(folder)
    for file in files:
        status = file.stat()
        newest = max(newest, status.st_ctime_ns, status.st_mtime_ns)
        listing.append([*paths.of(file), status.st_size, status.st_mtime_ns, status.st_ctime_ns])
    settled = newest + (FINE if newest % SECOND else COARSE) < now
    return Entry(_digest([FORMAT, _readers(), os.path.realpath(folder), asked]), _digest(listing), settled)


def kept(entry: Entry, shape: tuple[int, ...]) -> tuple[Array, dict[str, Any]] | None:
    """The pictures (N, channels, height, width) of an entry, and what was noted with them; None if it is not there."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / entry.name
    try:
        with open(path, "rb", buffering=0, opener=_plain) as file:
            found = _read(file, entry, shape)
        os.utime(path)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found


def keep(entry: Entry, x: Array, notes: dict[str, Any]) -> Path | None:
    """Write an entry, and remove what becomes too much; the file, or None if it cannot be kept."""
    folder = cache_folder()
    if folder is None or not entry.settled or x.nbytes > MOST_BYTES:
        return None
    line = json.dumps({"name": entry.name, "notes": notes}).encode() + b"\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < 2 * x.nbytes:
            return None
        _make_room(folder, entry, x.nbytes + len(line) + CHECKSUM)
        with published(folder / entry.name, mode=0o600) as temporary, open(temporary, "wb", buffering=0) as file:
            for piece in (_checksum(line, x), line, x.reshape(-1)):
                _write(file, memoryview(piece))
    except (OSError, NnfsError):
        return None
    return folder / entry.name


def cache_folder() -> Path | None:
    """Where entries are; None if the environment wants none, or there is no home."""
    if (named := os.environ.get(VARIABLE)) is not None:
        return Path(os.path.abspath(os.path.expanduser(named))) if named else None
    above = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(above, "nnfs") if os.path.isabs(above) else None


class _Paths:
    """What files in a folder are called, and where they really are, however the folder itself is called."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._above: dict[str, tuple[str, str]] = {}

    def of(self, file: os.DirEntry[str]) -> tuple[str, str]:
        """The path from the folder, and the real path: where a link leads is a part of what it stands for."""
        above = os.path.dirname(file.path)
        if above not in self._above:
            self._above[above] = os.path.relpath(above, self._folder), os.path.realpath(above)
        called, real = self._above[above]
        there = os.path.realpath(file.path) if file.is_symlink() else os.path.join(real, file.name)
        return os.path.join(called, file.name), there


def _digest(things: Any) -> str:
    return hashlib.sha256(json.dumps(things).encode()).hexdigest()[:24]


def _readers() -> list[Any]:
    """What reads pictures: another version may give other bytes."""
    from PIL import __version__, features

    return [__version__, *(features.version(name) for name in ("jpg", "webp", "libtiff"))]


def _plain(path: str, flags: int) -> int:
    """Open a plain file, and no link, pipe or device."""
    more = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    descriptor = os.open(path, flags | more)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("is no plain file")
    return descriptor


def _checksum(line: bytes, x: Array) -> bytes:
    """The line before these bytes."""
    return b"%08x\n" % zlib.crc32(x, zlib.crc32(line))


def _read(file: BinaryIO, entry: Entry, shape: tuple[int, ...]) -> tuple[Array, dict[str, Any]]:
    """What an entry holds.

    Raises:
        OSError, ValueError, LookupError, TypeError: it is not what was written.
    """
    with open(file.fileno(), "rb", closefd=False) as buffered:
        checksum, line = buffered.read(CHECKSUM), buffered.readline(LONGEST_LINE)
    x = np.empty(shape, np.uint8)
    if os.fstat(file.fileno()).st_size != len(checksum) + len(line) + x.nbytes:
        raise ValueError("is cut, or of another shape")
    file.seek(len(checksum) + len(line))
    rest = memoryview(x.reshape(-1))
    while rest and (count := file.readinto(rest)):
        rest = rest[count:]
    if rest or checksum != _checksum(line, x):
        raise ValueError("is damaged")
    if (said := json.loads(line))["name"] != entry.name:
        raise ValueError("is another entry")
    return x, dict(said["notes"])


def _write(file: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def _make_room(folder: Path, entry: Entry, size: int) -> None:
    """Remove older states of the same folder, and the entries that were not used for longest, until this one fits."""
    entries, left = sorted(_sizes(folder)), MOST_BYTES - size
    for _, path, _ in list(entries):
        if path.name.startswith(f"{entry.place}-") and not path.name.startswith(entry.state):
            path.unlink(missing_ok=True)
            entries = [item for item in entries if item[1] != path]
    total = sum(stored for _, _, stored in entries)
    for _, path, stored in entries:
        if total > left:
            path.unlink(missing_ok=True)
            total -= stored


def _sizes(folder: Path) -> Iterator[tuple[float, Path, int]]:
    """Every entry, and what a killed program left an hour ago: when it was used, its path and size."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            if path.suffix == SUFFIX or (path.suffix == ".part" and status.st_mtime < time.time() - 3600):
                yield status.st_mtime, path, status.st_size
