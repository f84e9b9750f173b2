"""Streams: all random numbers of the program, in one list, so that no two purposes share them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for. A number that was given away keeps its meaning."""

    INIT = 0
    HOLD_OUT = 1
    STEP = 2
    SHUFFLE = 3
    AUGMENT = 4
    SAMPLE = 5
    MIXUP = 6


FASTEST = np.random.SFC64


def stream(seed: int, purpose: Stream, *where: int, inner: str = "") -> np.random.Generator:
    """Random numbers that depend on nothing but the arguments.

    Those of a step are drawn by SFC64, the fastest of NumPy's generators, all others by its default.

    Args:
        where: such as an epoch, or layer, step and worker.
        inner: the name of a layer within the layer, such as "layers.0"; "" for the layer itself.
    """
    entropy = np.random.SeedSequence([seed, purpose, *where], spawn_key=tuple(inner.encode()))
    return np.random.Generator(FASTEST(entropy) if purpose is Stream.STEP else np.random.PCG64(entropy))


def keyed(key: int) -> np.random.Generator:
    """Random numbers of a key that was drawn from a stream, such as those of one example."""
    return np.random.Generator(np.random.Philox(key=key))


def same_for_every_seed() -> np.random.Generator:
    """Random numbers that no configuration changes: for the examples of a test split, and for trials."""
    return np.random.default_rng(0)
