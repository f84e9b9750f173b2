"""Kept pictures: what the cache holds of class folders that were read, checked as if a stranger had written it.

Pictures with 8 bits a channel are the same bytes for everybody. Where some have 16 bits, there is an entry for each
depth by which they were read, whoever asked for it: a training that found the depth, or an evaluation that knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.data.pictures import decoded
from nnfs_cli.data.pictures.bit_depth import DEPTHS, smallest_depth
from nnfs_cli.data.pictures.decoding import Outcome
from nnfs_cli.nn.shapes import Array

EIGHT_BITS = "8bit"


@dataclass(frozen=True, eq=False)
class Reading:
    """Pictures as they were read.

    Attributes:
        x: (N, channels, height, width) uint8.
        depth: by which 16-bit pictures were read; None: each by its own.
    """

    x: Array
    found: Outcome
    depth: int | None


def keep_reading(entry: decoded.Entry, reading: Reading) -> Path | None:
    """Keep pictures; the file, or None if they cannot be kept."""
    way = _way(reading.depth) if reading.found.largest else EIGHT_BITS
    notes = {"largest": list(reading.found.largest.items()), "misnamed": list(reading.found.misnamed.items())}
    return decoded.keep(entry.read(way), reading.x, notes)


def kept_reading(entry: decoded.Entry, shape: tuple[int, ...], depth: int | None, *, decide: bool) -> Reading | None:
    """The pictures as they would be read now; None if these are not kept, or anything about them is odd.

    Args:
        shape: (N, channels, height, width).
        depth: the known depth of 16-bit pictures.
        decide: find it in these pictures.
    """
    kept = _kept(entry.read(EIGHT_BITS), shape)
    if kept is not None and not kept[1].largest:
        return Reading(*kept, depth)
    for known in DEPTHS if decide else (depth,):
        kept = _kept(entry.read(_way(known)), shape)
        if kept is not None and _is_read_by(known, max(kept[1].largest.values(), default=0), decide=decide):
            return Reading(*kept, known)
    return None


def _way(depth: int | None) -> str:
    """What pictures of 16 bits that were read by this depth are kept as."""
    return "own" if depth is None else f"depth{depth}"


def _is_read_by(depth: int | None, largest: int, *, decide: bool) -> bool:
    """Whether 16-bit pictures with values up to `largest` are read by this depth."""
    if decide:
        return depth == smallest_depth(largest, DEPTHS)
    return depth is None or not largest >> depth


def _kept(entry: decoded.Entry, shape: tuple[int, ...]) -> tuple[Array, Outcome] | None:
    """What an entry holds, if it can be true."""
    if (kept := decoded.kept(entry, shape)) is None:
        return None
    x, notes = kept
    try:
        return x, Outcome(_values(notes["largest"], len(x)), _formats(notes["misnamed"], len(x)))
    except (LookupError, TypeError, ValueError):
        return None


def _values(pairs: list[list[Any]], count: int) -> dict[int, int]:
    """The largest value of each picture with 16 bits a channel."""
    return {_whole(row, count): _whole(value, 1 << DEPTHS[-1]) for row, value in pairs}


def _formats(pairs: list[list[Any]], count: int) -> dict[int, str]:
    """The format of each picture that is called by another one."""
    return {_whole(row, count): _word(name) for row, name in pairs}


def _whole(value: Any, end: int) -> int:
    if type(value) is not int or not 0 <= value < end:
        raise ValueError("is out of range")
    return value


def _word(value: Any) -> str:
    if type(value) is not str or not value.isprintable():
        raise ValueError("is no name of a format")
    return value
