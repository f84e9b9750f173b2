"""Picture reader: all pictures of class folders, kept from an earlier command or read by all cores."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.data.formats.files import opening
from nnfs_cli.data.formats.folders import MOST_NAMES, Entry
from nnfs_cli.data.pictures import decoded
from nnfs_cli.data.pictures.bit_depth import DEPTHS, BitDepth, own_depth, smallest_depth
from nnfs_cli.data.pictures.class_folders import ClassFolders
from nnfs_cli.data.pictures.decoding import decode_all, plan_of, shared_pixels
from nnfs_cli.data.pictures.kept_pictures import Reading, keep_reading, kept_reading
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import listed

WORTH_KEEPING = 0.5
"""Seconds of reading from which pictures are kept."""

MIB = 1 << 20


@dataclass(frozen=True, eq=False)
class ReadPictures:
    """The pictures of a folder of class folders, the classes taking turns.

    Attributes:
        x: (N, channels, height, width) uint8.
        y: (N,) class numbers.
        depth: by which 16-bit pictures were read; None: each by its own.
        notes: warnings.
        bad: a line for each picture that cannot be read.
    """

    x: Array
    y: Array
    depth: int | None
    notes: tuple[str, ...]
    bad: tuple[str, ...]


def read_class_folders(
    folder: ClassFolders,
    classes: tuple[str, ...],
    shape: tuple[int, ...],
    bits: int | None,
    locator: Locator,
    *,
    decide: bool,
) -> ReadPictures:
    """All pictures of a folder.

    Args:
        bits: the known depth of 16-bit pictures.
        decide: find it in these pictures: each is read by a depth of its own first, and again if that was another one.

    Raises:
        DataError: a folder is of no class, or holds no picture, or cannot be read.
        MachineError: a process that read pictures died.
    """
    turns = folder.in_turns(classes)
    files = [entry for entry, _ in turns]
    with opening(folder.folder):
        entry = decoded.entry_of(folder.folder, files, shape)
    reading = kept_reading(entry, (len(files), *shape), bits, decide=decide)
    if reading is None:
        reading = _read(folder.folder, files, shape, bits, locator, entry, decide=decide)
    found, depth = reading.found, BitDepth(reading.depth, decided=decide)
    depth.largest.update((files[row].path, value) for row, value in found.largest.items())
    notes = tuple(f"{folder.folder}: {warning}" for warning in depth.warnings())
    notes += tuple(_note(folder.folder, files, found.misnamed))
    y = np.array([number for _, number in turns], np.int64)
    return ReadPictures(reading.x, y, depth.known, notes, tuple(found.bad[row] for row in sorted(found.bad)))


def _read(
    folder: Path,
    files: list[Entry],
    shape: tuple[int, ...],
    bits: int | None,
    locator: Locator,
    entry: decoded.Entry,
    *,
    decide: bool,
) -> Reading:
    began = time.monotonic()
    with opening(folder):
        plan = plan_of(files, shape)
    paths, x = [file.path for file in files], shared_pixels(len(files), shape)
    with _counting(locator, folder, len(files)) as count:
        found = decode_all(paths, range(len(files)), x, bits, plan, count)
        if decide and found.largest:
            bits = smallest_depth(max(found.largest.values()), DEPTHS)
            again = [row for row, largest in sorted(found.largest.items()) if own_depth(largest) != bits]
            found.add(decode_all(paths, again, x, bits, plan))
    reading = Reading(x, found, bits)
    if not found.bad and time.monotonic() - began > WORTH_KEEPING:
        _keep(entry, reading, locator)
    return reading


def _keep(entry: decoded.Entry, reading: Reading, locator: Locator) -> None:
    path = keep_reading(entry, reading)
    if path is not None and locator.say is not None:
        locator.say(f"decoded pictures are kept in {path}, {reading.x.nbytes / MIB:,.1f} MiB")


@contextlib.contextmanager
def _counting(locator: Locator, folder: Path, total: int) -> Iterator[Callable[[int], Any]]:
    if locator.counter is None:
        yield lambda _: None
        return
    with locator.counter(str(folder), total) as bar:
        yield bar.update


def _note(folder: Path, files: list[Entry], misnamed: dict[int, str]) -> Iterator[str]:
    """A warning on pictures that are of another format than their names say."""
    if misnamed:
        rows = sorted(misnamed)
        names = listed([f"{os.path.relpath(files[row].path, folder)} ({misnamed[row]})" for row in rows[:MOST_NAMES]])
        number = f"{len(rows):,} {'pictures are' if len(rows) > 1 else 'picture is'}"
        yield f"{folder}: {number} of another format than the name says, and read all the same: {names}"
