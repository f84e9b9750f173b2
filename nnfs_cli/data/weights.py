"""Weights: how much each training example counts, by its class and by what the data say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nnfs_cli.data.formats.array_checks import ALL_ZERO
from nnfs_cli.data.spec import Examples
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.nn.losses.base import ClassWeights
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import listed, nearest, quoted


def training_weights(train: Examples, by_class: ClassWeights, classes: Sequence[str] | None) -> Array | None:
    """What the loss of each training example is multiplied by, (N,) float64 of mean 1; None where nothing is.

    It is the weight of its class times its own. Their mean is brought to 1 over the training split, so that a rate that
    is right without weights stays right.

    Args:
        by_class: "balanced" gives a class N / (K * its count), as scikit-learn's compute_class_weight, so that all
            classes count the same together; else a weight for each class that is named, 1 for all others.
        classes: their names; None where values are predicted.

    Raises:
        ConfigError: a class that is named is none.
        DataError: all weights are 0.
    """
    weights = [*_by_class(train.y, by_class, classes or ()), *([] if train.weight is None else [train.weight])]
    if not weights:
        return None
    product = np.ones(len(train))
    for weight in weights:
        product *= weight / (weight.max() or 1.0)
    if not product.any():
        raise DataError(ALL_ZERO)
    product /= product.mean()
    return product


def unknown_classes(by_class: ClassWeights, classes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The names in class weights that are no classes, each with a sentence that says so."""
    for name in map(str, by_class) if isinstance(by_class, Mapping) else ():
        if name not in classes:
            guess = nearest(name, classes)
            fix = f"Did you mean {quoted(guess)}?" if guess else f"There are: {listed(classes)}."
            yield name, f"no class is called {quoted(name)}. {fix}"


def _by_class(y: Array, by_class: ClassWeights, classes: Sequence[str]) -> Iterator[Array]:
    """The weight of the class of every example, (N,), if the classes have weights."""
    if by_class is None:
        return
    if wrong := [f"class_weights: {sentence}" for _, sentence in unknown_classes(by_class, classes)]:
        raise ConfigError(*wrong)
    if isinstance(by_class, Mapping):
        named = {str(name): weight for name, weight in by_class.items()}
        yield np.array([named.get(name, 1.0) for name in classes])[y]
    else:
        counts = np.bincount(y, minlength=len(classes))
        yield len(y) / (len(classes) * counts[y])
