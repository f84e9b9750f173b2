"""Signals: made-up recordings, in some of which a short pulse is hidden in noise."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Locator, Source
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import same_for_every_seed
from nnfs_cli.registry import SOURCES

LENGTH, PULSE = 256, 48
TRAIN, TEST = 8000, 2000
CLASSES = ("other", "rising")
RARE = 0.08
"""How many of the signals are of the second class; half of the others have a falling pulse instead."""

MEMORY = 0.6
"""What a sample of the noise keeps of the sample before."""

LOUDNESS = (2.0, 3.5)
"""The least and the largest amplitude of a pulse; the noise has a deviation of 1.25, the wander of 1.4 at most."""


@SOURCES.register("signals")
class Signals(Source):
    """Recordings of 256 samples, computed and always the same: 8 % have a pulse of rising pitch somewhere.

    Half of the others have one of falling pitch, as loud and with the same spectrum; all have coloured noise and a slow
    wander. So neither the loudness nor a Fourier transform tells the classes apart, but a pattern that is looked for at
    every place does. 8,000 to train and 2,000 to test.
    """

    def spec(self, locator: Locator) -> DataSpec:
        """Known without a file."""
        return DataSpec((LENGTH,), CLASSES, (len(CLASSES),))

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Known without a file. What they are made of lies beside them, in float64."""
        count = TRAIN + TEST
        return Size({"train": TRAIN, "test": TEST}, 4 * LENGTH, reading=4 * 8 * count * LENGTH)

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """x (N, 256) float32."""
        every = Examples(*_signals(TRAIN + TEST, same_for_every_seed()))
        return Loaded(self.spec(locator), {"train": every.take(slice(TRAIN)), "test": every.take(slice(TRAIN, None))})


def _signals(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """So many signals (count, LENGTH) and their classes (count,)."""
    time = np.arange(LENGTH)
    chance = rng.random(count)
    rising, falling = chance < RARE, chance > (1 + RARE) / 2
    x = _coloured(rng.standard_normal((count, LENGTH)))
    period, phase, strength = (rng.uniform(*ends, (count, 1)) for ends in ((60, 400), (0, 2 * np.pi), (0, 2)))
    x += strength * np.sin(2 * np.pi * time / period + phase)
    starts = rng.integers(0, LENGTH - PULSE, count)
    places = starts[:, None] + np.arange(PULSE)
    pulses = np.where(rising[:, None], _pulse(), _pulse()[::-1]) * rng.uniform(*LOUDNESS, (count, 1))
    x[np.arange(count)[:, None], places] += pulses * (rising | falling)[:, None]
    return x.astype(np.float32), rising.astype(np.int64)


def _coloured(noise: Array) -> Array:
    """First-order autoregressive noise from white noise (count, LENGTH), in place."""
    noise[:, 0] /= np.sqrt(1 - MEMORY**2)
    for sample in range(1, LENGTH):
        noise[:, sample] += MEMORY * noise[:, sample - 1]
    return noise


def _pulse() -> Array:
    """(PULSE,): a chirp from 2 to 10 cycles per 48 samples, faded in and out by Hann's window."""
    u = np.arange(PULSE) / PULSE
    return np.sin(2 * np.pi * (2 * u + 4 * u**2)) * np.hanning(PULSE)
