"""Order: which training examples an epoch goes through, and one after which other."""

from __future__ import annotations

import numpy as np

from nnfs_cli.config import Training
from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import Stream, stream


def order_of(training: Training, target: Array, seed: int, epoch: int) -> Array:
    """The examples of an epoch, (N,): a function of the seed and the epoch, the same for every worker and resumption.

    Args:
        target: (N,) classes, or the values of N examples, batch last.

    Raises:
        ConfigError: classes are to be drawn, and there are none.
    """
    examples = target.shape[-1]
    if training.sampling == "balanced":
        if target.ndim > 1:
            raise ConfigError("sampling: balanced draws every class as often, but these are values. Leave it out.")
        return balanced(target, stream(seed, Stream.SAMPLE, epoch))
    if not training.shuffle:
        return np.arange(examples)
    return stream(seed, Stream.SHUFFLE, epoch).permutation(examples)


def used(examples: int, training: Training) -> int:
    """How many of its examples an epoch uses: all, unless a last batch that is not full is left out."""
    drops = training.drop_last and examples >= training.batch_size
    return examples // training.batch_size * training.batch_size if drops else examples


def steps_of(examples: int, training: Training) -> int:
    """The optimizer steps of an epoch; the last one, which may be smaller, counts."""
    return -(-used(examples, training) // training.step_size)


def balanced(target: Array, rng: np.random.Generator) -> Array:
    """N examples drawn with replacement, (N,), each class with the same probability, and each example within a class.

    An example of a rare class comes several times an epoch, one of a frequent class often not at all: an epoch sees
    about 1 - 1/e of the examples even where classes are of equal size. So the network learns as if all classes were
    equally frequent, and its probabilities are those of such data. Classes without an example are not drawn.
    """
    by_class = np.argsort(target, kind="stable")
    _, starts, counts = np.unique(target[by_class], return_index=True, return_counts=True)
    drawn = rng.integers(len(starts), size=len(target))
    return by_class[starts[drawn] + rng.integers(counts[drawn])]
