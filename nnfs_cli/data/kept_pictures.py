"""Kept pictures: what the cache holds of class folders that were read, checked as if a stranger had written it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnfs_cli.data import decoded
from nnfs_cli.data.bit_depth import DEPTHS
from nnfs_cli.data.decoding import Outcome
from nnfs_cli.nn.shapes import Array


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

    def notes(self) -> dict[str, Any]:
        """What is kept beside the pictures, as JSON can hold it."""
        largest, misnamed = self.found.largest, self.found.misnamed
        return {"largest": list(largest.items()), "misnamed": list(misnamed.items()), "depth": self.depth}


def kept_reading(entry: decoded.Entry, shape: tuple[int, ...]) -> Reading | None:
    """What an entry holds; None if it is not there, or anything in it is odd.

    Args:
        shape: (N, channels, height, width).
    """
    if (kept := decoded.kept(entry, shape)) is None:
        return None
    x, notes = kept
    try:
        found = Outcome(_numbers(notes["largest"], len(x)), _formats(notes["misnamed"], len(x)))
        return Reading(x, found, _depth(notes["depth"], found))
    except (LookupError, TypeError, ValueError):
        return None


def _numbers(pairs: list[list[Any]], count: int) -> dict[int, int]:
    """The largest value of each picture with 16 bits a channel."""
    return {_whole(row, count): _whole(value, 1 << DEPTHS[-1]) for row, value in pairs}


def _formats(pairs: list[list[Any]], count: int) -> dict[int, str]:
    """The format of each picture that is called by another one."""
    return {_whole(row, count): _word(name) for row, name in pairs}


def _depth(value: Any, found: Outcome) -> int | None:
    """A depth that holds all values."""
    if value is None:
        return None
    if type(value) is not int or value not in DEPTHS or max(found.largest.values(), default=0) >> value:
        raise ValueError("is no depth of these pictures")
    return value


def _whole(value: Any, end: int) -> int:
    if type(value) is not int or not 0 <= value < end:
        raise ValueError("is out of range")
    return value


def _word(value: Any) -> str:
    if type(value) is not str or not value.isprintable():
        raise ValueError("is no name of a format")
    return value
