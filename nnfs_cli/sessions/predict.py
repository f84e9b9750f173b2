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
        scores: what the network gives, (n, outputs); the class with the largest one is the answer.
        outputs: probabilities (n, classes) or values (n, outputs).
        warnings: for people.
    """

    names: list[str]
    scores: Array
    outputs: Array
    warnings: tuple[str, ...]


def predict(predictor: Predictor, paths: Sequence[str], stdin: TextIO) -> Iterator[Answers]:
    """Answer for every example of every input, in order, some at a time.

    Args:
        paths: files, folders, or "-" for CSV rows on `stdin`.

    Raises:
        DataError: an input is missing, damaged, not what the network takes, or beyond what it can answer.
    """
    for inputs in read_inputs(paths, predictor.preparation, stdin):
        scores = _scores(predictor, inputs)
        yield Answers(inputs.names, scores, predictor.answers(scores), inputs.warnings)


def _scores(predictor: Predictor, inputs: Inputs) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        scores = predictor.scores(inputs.x)
    finite = np.isfinite(scores).all(axis=1)
    if not finite.all():
        name = inputs.names[int(np.argmin(finite))]
        raise DataError(f"{name}: its numbers are too large for the network: the answer is not finite. Rescale them.")
    return scores
