"""Context: what a pass is for, and what a layer may ask of the world outside its network."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array


def no_random_numbers(layer: str) -> np.random.Generator:
    """What a context gives that was made without random numbers.

    Raises:
        ConfigError: always.
    """
    raise ConfigError("this layer needs random numbers: Context(training=True, random=lambda layer: GENERATOR).")


def alone(values: Array) -> Array:
    """The sum over the only worker."""
    return values


class Context(NamedTuple):
    """What a pass is for: for prediction, unless it says otherwise.

    Attributes:
        training: whether the network learns from this pass.
        random: the random numbers of the layer with a name, such as "3" or "3.layers.0": the same at every call.
        sum: adds up an array over all workers, each of which has to call it. A layer says in `summed` how many numbers
            it adds up at once.
    """

    training: bool = False
    random: Callable[[str], np.random.Generator] = no_random_numbers
    sum: Callable[[Array], Array] = alone


PREDICTION = Context()
