"""Mutate: small damages to valid files, each a function of the seed and a number, so that every input can be had again.

Inputs are a few KiB at most: what is dangerous about large files is in `tests/hostile`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

LONGEST = 8192
MOST_DAMAGES = (1, 1, 1, 2, 2, 3, 5, 8)
INTERESTING = bytes([0, 1, 9, 10, 13, 32, 34, 39, 44, 45, 48, 58, 91, 92, 123, 127, 128, 254, 255])
EDGES = (0, 1, 2, 3, *(2**bits + step for bits in (7, 8, 15, 16, 31, 32, 48, 53, 63, 64) for step in (-1, 0, 1)))
NUMBERS = tuple(
    text.encode()
    for text in (
        *(str(edge) for edge in EDGES),
        *("-1", "-0", "1e999", "1e-999", "1.5", "nan", "inf", "-inf", "NaN", "Infinity", "1_0", "0x10", "017"),
        *("9" * 25, "9" * 400, "9" * 5000, "true", "null", "[]", "{}", '""'),
    )
)
_DIGITS = re.compile(rb"[0-9]+")

Random = random.Random
Wrap = Callable[[bytes], bytes]


class Mutator:
    """Damages files of one kind.

    Args:
        files: valid and broken ones of that kind, to begin with.
        tokens: pieces that mean something in the format.
        wraps: what may be done to a damaged file in the end, such as compressing it; one is chosen for each.
    """

    def __init__(
        self, files: Sequence[bytes], tokens: Sequence[bytes], wraps: Sequence[Wrap] = (bytes,), seed: int = 0
    ):
        self.files, self.tokens, self.wraps, self.seed = files, tokens, wraps, seed

    def mutant(self, number: int) -> bytes:
        """The input of this number."""
        rng = Random(self.seed << 40 | number)
        data = bytearray(rng.choice(self.files))
        for _ in range(rng.choice(MOST_DAMAGES)):
            rng.choice(DAMAGES)(self, rng, data)
        return rng.choice(self.wraps)(bytes(data[:LONGEST]))


def flip(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """One bit."""
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def set_byte(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """One byte, to any value or to one that means something."""
    if data:
        data[rng.randrange(len(data))] = rng.choice(INTERESTING) if rng.random() < 0.5 else rng.randrange(256)


def truncate(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """The end is missing."""
    del data[rng.randrange(len(data) + 1) :]


def delete(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A few bytes in the middle are missing."""
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.randint(1, 16)]


def extend(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """Something follows the end."""
    data += rng.randbytes(rng.randint(1, 16)) if rng.random() < 0.5 else bytes(rng.randint(1, 64))


def splice(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """The end of another file."""
    other = rng.choice(mutator.files)
    data[rng.randrange(len(data) + 1) :] = other[rng.randrange(len(other) + 1) :]


def repeat(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A piece, many times."""
    start = rng.randrange(len(data) + 1)
    piece = data[start : start + rng.randint(1, 32)]
    data[start:start] = piece * rng.choice((1, 1, 2, 4, 16, 64))


def insert_token(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A word of the format where there was none."""
    start = rng.randrange(len(data) + 1)
    data[start:start] = rng.choice(mutator.tokens)


def overwrite_token(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A word of the format in the place of something as long."""
    token, start = rng.choice(mutator.tokens), rng.randrange(len(data) + 1)
    data[start : start + len(token)] = token


def set_integer(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A binary number, at an edge of its range."""
    width, start = rng.choice((1, 2, 4, 8)), rng.randrange(len(data) + 1)
    value = rng.choice(EDGES) % (1 << 8 * width)
    data[start : start + width] = value.to_bytes(width, rng.choice(("little", "big")))


def set_number(mutator: Mutator, rng: Random, data: bytearray) -> None:
    """A number in digits, at an edge, or something else where a number was."""
    if found := _DIGITS.search(data, rng.randrange(len(data) + 1)):
        data[found.start() : found.end()] = rng.choice(NUMBERS)


DAMAGES = (
    *(flip, set_byte, truncate, delete, extend, splice, repeat),
    *(insert_token, overwrite_token, set_integer, set_number),
)
