"""Predict: what a trained network says of examples that people hand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np

from nnfs_cli.data.inputs import Inputs, read_inputs
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.sessions.predictor import Predictor


@dataclass(frozen=True)
class Answers:
    """What the network says of some examples.

    Attributes:
        names: where each example comes from.
        outputs: probabilities (n, classes) or values (n, outputs).
        warnings: for people.
    """

    names: list[str]
    outputs: Array
    warnings: tuple[str, ...]


def predict(predictor: Predictor, paths: Sequence[str], stdin: TextIO) -> Iterator[Answers]:
    """Answer for every example of every input, in order, some at a time.

    Args:
        paths: files, folders, or "-" for CSV rows on `stdin`.

    Raises:
        DataError: an input is missing, damaged, not what the network takes, or beyond what it can answer.
    """
    inputs = read_inputs(
        paths,
        input_shape=predictor.facts.input_shape,
        columns=predictor.columns,
        pixels=predictor.pixels,
        stdin=stdin,
    )
    for some in inputs:
        yield Answers(some.names, _answers(predictor, some), some.warnings)


def _answers(predictor: Predictor, some: Inputs) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        outputs = predictor.predict(some.x)
    finite = np.isfinite(outputs).all(axis=1)
    if not finite.all():
        name = some.names[int(np.argmin(finite))]
        raise DataError(f"{name}: its numbers are too large for the network: the answer is not finite. Mend them.")
    return outputs
