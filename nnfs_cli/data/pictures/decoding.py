"""Decoding: many pictures at once, by all cores, into one array; the same bytes however many cores there are."""

from __future__ import annotations

import contextlib
import heapq
import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from nnfs_cli.data.formats.folders import Entry
from nnfs_cli.data.pictures.bit_depth import BitDepth
from nnfs_cli.data.pictures.picture import TooLarge, bytes_claimed, decode, is_misnamed, quietly
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.system.cores import allowed_cores
from nnfs_cli.system.forks import Tell, can_fork, orphaned, told_by

MOST_PROCESSES = 32
OF_A_PROCESS = 12 << 20
OF_A_PIXEL = 10
"""Bytes that a picture takes in its new size, until it is in its place."""

ALLOWED = 512 << 20
"""Bytes that all processes together may take to read their pictures; larger pictures are read one at a time."""

OF_A_FILE, WORTH_SHARING = 4096, 1 << 20
"""What reading a file takes, as if it had so many bytes more; and how many are worth a process."""

LOOKED_INTO, FEW = 64, 512
"""How many of the largest files are looked into; where there are few, all of them."""

MOST_CHUNKS = 1024
_TOKEN = 4


@dataclass
class Outcome:
    """What was found in pictures, by their number.

    Attributes:
        largest: the largest value of each picture with 16 bits a channel.
        misnamed: the format of those that are called by another one.
        bad: what is wrong with those that cannot be read.
    """

    largest: dict[int, int] = field(default_factory=dict)
    misnamed: dict[int, str] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take over what was found elsewhere."""
        self.largest |= other.largest
        self.misnamed |= other.misnamed
        self.bad |= other.bad


@dataclass(frozen=True)
class Plan:
    """How pictures are read.

    Attributes:
        processes: how many share the work; 1 for this process alone.
        each: bytes that each may take for a picture.
        peak: bytes that reading takes at most, as far as the largest files tell.
    """

    processes: int
    each: int
    peak: int


def plan_of(entries: Sequence[Entry], shape: tuple[int, ...]) -> Plan:
    """How to read these files, by the headers of the largest of them.

    Args:
        shape: (channels, height, width) of the pictures as they are made.
    """
    sizes = {entry.path: entry.stat().st_size for entry in entries}
    work = sum(sizes.values()) + OF_A_FILE * len(sizes)
    looked_into = sizes if len(sizes) <= FEW else heapq.nlargest(LOOKED_INTO, sizes, key=lambda path: sizes[path])
    claimed = sorted(map(bytes_claimed, looked_into))
    made = OF_A_PIXEL * shape[1] * shape[2]
    usual, largest = (claimed[len(claimed) // 2] + made, claimed[-1] + made) if claimed else (0, 0)
    possible = min(len(allowed_cores()), MOST_PROCESSES, len(sizes), ALLOWED // max(1, usual))
    if not can_fork() or possible < 2 or work < WORTH_SHARING:
        return Plan(1, ALLOWED, largest)
    each = ALLOWED // possible
    return Plan(possible, each, max(largest, possible * (OF_A_PROCESS + min(each, largest))))


def shared_pixels(count: int, shape: tuple[int, ...]) -> Array:
    """Room for so many pictures, uint8, that forked processes fill too."""
    numbers = count * int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(mmap.mmap(-1, max(1, numbers)), np.uint8, numbers).reshape(count, *shape)


def decode_all(
    paths: Sequence[str],
    rows: Sequence[int],
    x: Array,
    depth: int | None,
    plan: Plan,
    count: Callable[[int], Any] = lambda _: None,
) -> Outcome:
    """Read pictures into their rows of x (N, channels, height, width).

    Args:
        paths: of all N pictures.
        rows: those to read, in ascending order.
        depth: the known bit depth of the training, if any.
        count: is told how many more are done, from time to time.

    Raises:
        MachineError: a process died.
    """
    found, large = Outcome(), list[int]()
    read = partial(_decode, paths, x, depth)
    for part, later, read_now in _parts(read, rows, plan):
        found.add(part)
        large += later
        count(read_now)
    for row in sorted(large):
        found.add(read([row], None)[0])
        count(1)
    return found


Read = Callable[[Iterable[int], int | None], tuple[Outcome, list[int]]]


def _parts(read: Read, rows: Sequence[int], plan: Plan) -> Iterator[tuple[Outcome, list[int], int]]:
    size = max(1, min(64, len(rows) // (4 * plan.processes)), -(-len(rows) // MOST_CHUNKS))
    chunks = [rows[start : start + size] for start in range(0, len(rows), size)]
    if plan.processes == 1:
        yield from ((*read(chunk, None), len(chunk)) for chunk in chunks)
        return
    yield from _shared(read, chunks, plan)


def _shared(read: Read, chunks: Sequence[Sequence[int]], plan: Plan) -> Iterator[tuple[Outcome, list[int], int]]:
    """Every process takes the next chunk from a pipe that holds their numbers."""
    queue, filling = os.pipe()
    with open(queue, "rb", buffering=0) as numbers:
        with open(filling, "wb", buffering=0) as writer:
            writer.write(b"".join(number.to_bytes(_TOKEN) for number in range(len(chunks))))
        parent = os.getpid()

        def work(tell: Tell) -> None:
            while token := numbers.read(_TOKEN):
                chunk = chunks[int.from_bytes(token)]
                part, later = read((row for row in chunk if not orphaned(parent)), plan.each)
                parts = [list(found.items()) for found in (part.largest, part.misnamed, part.bad)]
                tell([parts, later, len(chunk) - len(later)])

        with contextlib.closing(told_by(plan.processes, work, what="read pictures")) as told:
            for found, later, count in told:
                yield Outcome(*map(dict, found)), later, count


def _decode(
    paths: Sequence[str], x: Array, depth: int | None, rows: Iterable[int], most: int | None
) -> tuple[Outcome, list[int]]:
    """Read pictures; those that take more than `most` bytes are left for later."""
    found, later = Outcome(), []
    with quietly():
        for row in rows:
            bits = BitDepth(depth)
            try:
                x[row], content = decode(paths[row], x.shape[1:], bits, most)  # type: ignore[arg-type]
                if is_misnamed(paths[row], content):
                    found.misnamed[row] = content
                found.largest.update((row, value) for value in bits.largest.values())
            except TooLarge:
                later.append(row)
            except DataError as error:
                found.bad[row] = str(error)
    return found, later
