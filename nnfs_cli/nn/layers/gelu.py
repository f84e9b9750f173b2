"""GELU: a smooth rectifier, the input times the probability that a normal number is below it."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.nn.layers.elementwise import Elementwise
from nnfs_cli.nn.shapes import Array
from nnfs_cli.registry import LAYERS

FACTOR, CUBIC = math.sqrt(2 / math.pi), 0.044715


@LAYERS.register("gelu")
class GELU(Elementwise):
    """y = x (1 + t) / 2, t = tanh(sqrt(2 / pi) (x + 0.044715 x^3)): GELU in PyTorch with approximate="tanh".

    Hendrycks & Gimpel 2016, section 2, arXiv:1606.08415. NumPy has no error function for the exact one, x times the
    distribution function of the normal distribution, from which this differs by at most 5e-4.

    Shapes: any; y has the shape of x.
    """

    init_before = "he_uniform"
    scratch = ((), ("inner", "square"))

    def function(self, x: Array, y: Array) -> None:
        self._tanh(x, y)
        y += 1
        y *= x
        y *= 0.5

    def slope(self, x: Array, y: Array, out: Array) -> None:
        """(1 + t) / 2 + x (1 - t^2) sqrt(2 / pi) (1 + 3 0.044715 x^2) / 2."""
        self._tanh(x, out)
        inner = np.multiply(x, x, out=self.room("inner", x))
        inner *= 3 * CUBIC
        inner += 1
        inner *= x
        inner *= FACTOR
        square = np.multiply(out, out, out=self.room("square", x))
        inner *= np.subtract(1, square, out=square)
        out += 1
        out += inner
        out *= 0.5

    def _tanh(self, x: Array, out: Array) -> None:
        np.multiply(x, x, out=out)
        out *= CUBIC
        out += 1
        out *= x
        out *= FACTOR
        np.tanh(out, out=out)
