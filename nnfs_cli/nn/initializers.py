"""Initializers: random weights whose scale keeps the variance of the signal from layer to layer.

Each takes the fan-in and fan-out (the products that one output sums over, and that one input takes part in) and
returns the function that draws the weights. Glorot & Bengio 2010, eq. 12 and 16; He et al. 2015, eq. 10,
arXiv:1502.01852; LeCun et al. 1998, "Efficient BackProp", eq. 16. PyTorch's default for linear layers is narrower:
uniform in +-1 / sqrt(fan_in).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.variable import Initializer
from nnfs_cli.parameters import Finite


def he_uniform(fan_in: int, fan_out: int) -> Initializer:
    """Uniform in +-sqrt(6 / fan_in), for layers before a ReLU."""
    return _uniform(math.sqrt(6 / fan_in))


def he_normal(fan_in: int, fan_out: int) -> Initializer:
    """Normal with deviation sqrt(2 / fan_in), for layers before a ReLU."""
    return _normal(math.sqrt(2 / fan_in))


def lecun_uniform(fan_in: int, fan_out: int) -> Initializer:
    """Uniform in +-sqrt(3 / fan_in), for layers before a SELU."""
    return _uniform(math.sqrt(3 / fan_in))


def lecun_normal(fan_in: int, fan_out: int) -> Initializer:
    """Normal with deviation sqrt(1 / fan_in), for layers before a SELU; not truncated, unlike in Keras."""
    return _normal(math.sqrt(1 / fan_in))


def glorot_uniform(fan_in: int, fan_out: int) -> Initializer:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)), for layers that end in a symmetric activation or in none."""
    return _uniform(math.sqrt(6 / (fan_in + fan_out)))


def glorot_normal(fan_in: int, fan_out: int) -> Initializer:
    """Normal with deviation sqrt(2 / (fan_in + fan_out)), for layers that end in a symmetric activation or in none."""
    return _normal(math.sqrt(2 / (fan_in + fan_out)))


def standard_normal(fan_in: int, fan_out: int) -> Initializer:
    """Normal with deviation 1, whatever the size of the layer."""
    return _normal(1.0)


def zeros(fan_in: int, fan_out: int) -> Initializer:
    """All zeros; as weights for the last layer alone, because layers behind one of zeros get no gradient at first."""
    return filled(0.0)


def orthogonal(fan_in: int, fan_out: int) -> Initializer:
    """Random rows of length 1 at right angles, one for each output, or columns, where there are more rows than columns.

    Saxe et al. 2014, section 4, arXiv:1312.6120, without a gain, as torch.nn.init.orthogonal_. The signs of R make
    every direction as likely: Mezzadri 2007, section 5, arXiv:math-ph/0609050.
    """
    return _orthogonal


def filled(number: float) -> Initializer:
    """The same number everywhere."""
    return lambda shape, rng: np.full(shape, number)


def _uniform(bound: float) -> Initializer:
    return lambda shape, rng: rng.uniform(-bound, bound, shape)


def _normal(deviation: float) -> Initializer:
    return lambda shape, rng: rng.normal(0.0, deviation, shape)


def _orthogonal(shape: Shape, rng: np.random.Generator) -> Array:
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q *= np.copysign(1.0, r.diagonal())
    return (q if rows >= columns else q.T).reshape(shape)


def initializer(name: str | float) -> Callable[[int, int], Initializer]:
    """The initializer of this name; "auto" that nothing has settled is that of a layer before no activation.

    A number stands for itself.
    """
    if isinstance(name, str):
        return INITIALIZERS.get(name, glorot_uniform)
    return lambda fan_in, fan_out: filled(name)


def drawing_of(name: str | float) -> float:
    """How many numbers there are at once for each weight that an initializer draws."""
    return QR if name == orthogonal.__name__ else 1.0


AUTO = "auto"
QR = 5.25
"""Measured, of numpy.linalg.qr with what it takes and gives."""
INITIALIZERS = {
    draw.__name__: draw
    for draw in (
        he_uniform,
        he_normal,
        glorot_uniform,
        glorot_normal,
        lecun_uniform,
        lecun_normal,
        standard_normal,
        orthogonal,
        zeros,
    )
}
InitializerName = Literal[*INITIALIZERS]
InitializerChoice = Literal[AUTO, *INITIALIZERS] | Finite
BiasInitializer = Literal[*(name for name in INITIALIZERS if name != orthogonal.__name__)] | Finite
