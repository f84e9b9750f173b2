"""Noise: every number of an example a little off."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.augment.base import Augmentation, rounded, working
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.streams import keyed
from nnfs_cli.parameters import PositiveFloat
from nnfs_cli.registry import AUGMENTATIONS

KEY = 44
"""Bytes of a key as a number of Python."""


@AUGMENTATIONS.register("noise")
class Noise(Augmentation):
    """y = x + deviation * n, with n from a normal distribution; bytes are rounded and stay between 0 and 255.

    Bishop 1995, "Training with noise is equivalent to Tikhonov regularization". It changes examples of any shape.

    Args:
        deviation: of the noise, in the units of the examples, above 0: pixels of pictures go from 0 to 255.
    """

    row_bytes = 8

    def __init__(self, deviation: PositiveFloat):
        self.deviation = deviation

    def draw(self, examples: int, rng: np.random.Generator) -> Array:
        """(examples,): the key of the random numbers of each example."""
        return rng.integers(0, 2**63, examples)

    def apply(self, x: Array, drawn: Array) -> Array:
        y, noise = np.empty_like(x), np.empty(x.shape[1:], working(x.dtype))
        for index, key in enumerate(drawn.tolist()):
            keyed(key).standard_normal(out=noise, dtype=noise.dtype)
            noise *= self.deviation
            noise += x[index]
            y[index] = rounded(noise, x.dtype)
        return y

    def nbytes(self, shape: Shape, itemsize: int, examples: int) -> int:
        return math.prod(shape) * (examples * itemsize + max(itemsize, 4)) + KEY * examples
