"""Handed: arrays that people hand to a training in Python, as examples that fit its loss."""

from __future__ import annotations

from nnfs_cli.data.checks import check_split
from nnfs_cli.data.examples import as_float64, as_values, numbers
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import DataError
from nnfs_cli.nn.losses.base import Loss
from nnfs_cli.nn.shapes import Array


def examples_of(name: str, x: Array, y: Array, loss: Loss, spec: DataSpec, weight: Array | None = None) -> Examples:
    """Arrays as examples that fit each other, the loss and the network.

    Args:
        name: what an error calls them.
        x: (N, *input_shape).
        y: (N,) integer classes, or values (N,), (N, outputs) or (N, *output_shape).
        weight: (N,), how much each example counts.

    Raises:
        DataError: they do not.
    """
    x, y = numbers(f"{name}: x", x), numbers(f"{name}: y", y)
    if loss.takes_classes and y.dtype.kind not in "iu":
        raise DataError(f"{name}: y holds {y.dtype}, expected whole numbers, the classes. Convert it, or use MSE.")
    answers = y if loss.takes_classes else as_values(y, spec.output_shape, name)
    split = Examples(x, answers, None if weight is None else as_float64(numbers(f"{name}: weight", weight)))
    check_split(name, split, spec)
    return split
