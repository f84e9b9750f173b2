"""Elastic: images drawn on rubber, every part of which is pulled to some side."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.augment.base import Moving
from nnfs_cli.data.augment.sampling import sampled, sampled_bytes
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.streams import keyed
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import AUGMENTATIONS

WIDE, REACH = 2.0, 20
"""In pixels: a Gaussian of this deviation has nothing left at such a distance, in double precision."""


@AUGMENTATIONS.register("elastic")
class Elastic(Moving):
    """y(p) = x(p + strength * d(p)), where d is a field of random directions, smoothed by a Gaussian.

    Simard et al. 2003, "Best practices for convolutional neural networks": both parts of d are uniform in -1..1 for
    each pixel, then convolved with a Gaussian of the deviation `smoothness`; beyond the edge they are 0. Strength 34
    and smoothness 4 are theirs for MNIST; they pull a pixel by about strength / (6 smoothness) = 1.4 pixels. Between
    pixels y is interpolated, beyond the edge stands the nearest pixel.

    Args:
        strength: what the field is multiplied by, in pixels.
        smoothness: the deviation of the Gaussian in pixels: the larger, the more a neighbourhood is pulled together.
    """

    row_bytes = 8

    def __init__(self, strength: PositiveFloat = 34.0, smoothness: PositiveFloat = 4.0):
        self.strength = strength
        self.smoothness = smoothness

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): the key of the random numbers of each field."""
        return rng.integers(0, 2**63, examples)

    def apply(self, x: Array, drawn: Array) -> Array:
        size = x.shape[2:]
        down, across = (_gaussian(side, self.smoothness) for side in size)
        down *= self.strength
        grid = np.indices(size, np.float32)

        def places(some: slice) -> tuple[Array, Array]:
            noise = np.empty((len(drawn[some]), 2, *size), np.float32)
            for field, key in zip(noise, drawn[some].tolist(), strict=True):
                keyed(key).random(out=field, dtype=np.float32)
            noise *= 2
            noise -= 1
            fields = down @ (noise @ across)
            fields += grid
            return fields[:, 0], fields[:, 1]

        return sampled(x, places)

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        _, height, width = shape
        gaussians = 20 * max(height, width) ** 2
        return sampled_bytes(shape, itemsize, examples) + 8 * height * width + gaussians


def _gaussian(side: int, deviation: float) -> Array:
    """(side, side): row k is the Gaussian around k; over an endless side it would add up to 1."""
    distance = np.subtract.outer(np.arange(side), np.arange(side))
    return (np.exp(-0.5 * (distance / deviation) ** 2) / _total(deviation)).astype(np.float32)


def _total(deviation: float) -> float:
    """The sum of the Gaussian over all whole numbers; a wide one has the sum of its integral."""
    if deviation > WIDE:
        return math.sqrt(2 * math.pi) * deviation
    return float(np.exp(-0.5 * (np.arange(-REACH, REACH + 1) / deviation) ** 2).sum())
