"""Values: what is put where something else is expected."""

from __future__ import annotations

from typing import Any

from tests.fuzz.mutate import Random
from tests.fuzz.trees import VALUES

SMALL = (0, 1, 2, 3, 5, 7, 16, 64)
HUGE = (2**31 - 1, 2**31, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**40)
"""No sizes between: what they ask for can be had, and is slow."""
EDGES = (-1, -0.0, 0.5, 0.999999, 1.0, 1e-30, 1e-308, 5e-324, 1e30, 1e38, 1e300, 1.7e308, "1e-3", "1e999", True, None)
WORDS = (
    *("", " ", "x", "kind", "Kind", " kind", "0", "00", "-1", "1e3", "nan", "\x1b[31mred\x1b[0m", "a\nb"),
    *("a\tb", "é" * 300, "'x", "/", "~", "$HOME"),
    *("=1+1", "+x", "-x", "@x", '"x"', "\u202eevil", "\ud800", "\x00", "x" * 5000, "../../etc/passwd"),
    *("1,163", "28,7", "45%", "2024-01-02", "1_1", "007", "７", "∞", "1e5000", "9" * 400, "0x10", "True", "null"),
)  # fmt: skip


def size(rng: Random) -> Any:
    """A number of things."""
    return rng.choice(SMALL) if rng.random() < 0.85 else rng.choice((*HUGE, *EDGES, *VALUES))


def number(rng: Random) -> Any:
    """A number of any kind."""
    usual = (rng.random(), 10 ** rng.uniform(-6, 2), 10 ** rng.uniform(-30, 30))
    return rng.choice(usual if rng.random() < 0.7 else (*EDGES, *SMALL))


def word(rng: Random) -> str:
    """A text."""
    return rng.choice(WORDS)


def anything(rng: Random) -> Any:
    """A value of any type."""
    return rng.choice((size, number, word, lambda rng: rng.choice(VALUES)))(rng)
