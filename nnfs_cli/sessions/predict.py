"""Predict: what a trained network says of examples that people hand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import numpy as np

from nnfs_cli.data.inputs.reading import Inputs, read_inputs
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.saved.predictor import Predictor
from nnfs_cli.text import MOST


@dataclass(frozen=True)
class Answers:
    """What the network says of some examples.

    Attributes:
        names: where each example comes from.
        scores: what orders the classes, (n, classes): the one with the largest is the answer; else the values.
        outputs: probabilities (n, classes) or values (n, outputs); NaN where there is no answer.
        warnings: for people.
        errors: why there is no answer, by the place among the names.
        notes: what is unlike the training in an example that is answered, by the place among the names.
        kept: cells of the input that are carried along, by the name of their column.
    """

    names: list[str]
    scores: Array
    outputs: Array
    warnings: tuple[str, ...]
    errors: Mapping[int, str]
    notes: Mapping[int, str] = field(default_factory=dict)
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)


def predict(predictor: Predictor, paths: Sequence[str], stdin: TextIO, *, strict: bool = False) -> Iterator[Answers]:
    """Answer for every example of every input, in order, some at a time.

    Args:
        paths: files, folders, or "-" for CSV rows on `stdin`.
        strict: raise the errors, the first few of them, in place of answers that say them.

    Raises:
        DataError: strict, and an input is missing, damaged, not what the network takes, or beyond what it can answer.
    """
    told, count = list[str](), 0
    for inputs in read_inputs(paths, predictor.preparation, stdin):
        scores, outputs, errors = _answers(predictor, inputs)
        if strict:
            count += len(errors)
            told += [errors[position] for position in sorted(errors)[: MOST - len(told)]]
            if count:
                continue
        scores[list(errors)] = 0
        outputs[list(errors)] = np.nan
        yield Answers(
            inputs.names, predictor.ranked(scores), outputs, inputs.warnings, errors, inputs.notes, inputs.kept
        )
    if count:
        raise DataError(*told, *([f"and {count - len(told):,} more"] if count > len(told) else []))


def _answers(predictor: Predictor, inputs: Inputs) -> tuple[Array, Array, dict[int, str]]:
    """What the network gives, what that means, and why there is no answer, by the place among the examples."""
    with np.errstate(over="ignore", invalid="ignore"):
        scores = predictor.scores(inputs.x)
        outputs = predictor.answers(scores)
    why = "its numbers are too large for the network: the answer is not finite. Rescale them."
    finite = np.isfinite(scores).all(axis=1) & np.isfinite(outputs).all(axis=1)
    beyond = np.flatnonzero(~finite).tolist()
    return scores, outputs, {**{position: f"{inputs.names[position]}: {why}" for position in beyond}, **inputs.errors}
