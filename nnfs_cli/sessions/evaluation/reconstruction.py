"""Reconstruction: how near a network that gives its examples back comes to them, some examples at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.batches import Batches
from nnfs_cli.data.spec import Examples
from nnfs_cli.nn.evaluation.reports import Figures, ValueSums
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import same_for_every_seed
from nnfs_cli.saved.predictor import Predictor
from nnfs_cli.sessions.evaluation.drawings import Drawings, is_picture, scale_of, thumbnail
from nnfs_cli.training.measure import mean_loss, scores_of

NUMBERS = 1 << 20
"""So many numbers of examples are compared at once, at least one example."""

SHOWN = 10
"""How many pictures of each kind are shown."""


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """What comes back of some examples.

    Attributes:
        loss: the mean, as in the training.
        figures: every metric, over all numbers of an example.
        by_target: those of each channel, or feature.
        error: (N,), the root of the mean squared error of each example; of pictures in their units, of vectors with
            each feature in units of its deviation in the training.
    """

    loss: float
    figures: Figures
    by_target: list[Figures]
    error: Array

    @property
    def finite(self) -> bool:
        """Whether all that came back are finite numbers."""
        return math.isfinite(self.loss) and bool(np.isfinite(self.error).all())


def reconstruct(predictor: Predictor, examples: Examples) -> Reconstructed:
    """Compare examples with what a network gives for them."""
    known, shape = predictor.preparation, predictor.spec.input_shape
    transform, pixels = known.transform, math.prod(shape[1:])
    sums = ValueSums(transform.mean + transform.centre * transform.deviation, pixels)
    unit = 1.0 if is_picture(shape) else transform.deviation
    error, loss, rows = np.empty(len(examples)), 0.0, max(1, NUMBERS // predictor.spec.outputs)
    for start in range(0, len(examples), rows):
        part = examples.take(slice(start, start + rows))
        batches = Batches(part.x, part.unanswered().y, known, predictor.network.dtype)
        scores = scores_of(predictor.network, batches)
        loss += mean_loss(predictor.loss, scores, batches) * len(part)
        values, true = (of.reshape(-1, *shape) for of in (predictor.answers(scores), known.in_units(part.x)))
        sums.add(values, true)
        scaled = ((values - true) / unit).reshape(len(part), -1)
        error[start : start + rows] = np.sqrt(np.square(scaled).mean(axis=1))
    return Reconstructed(loss / len(examples), *sums.figures(), error)


def drawn(predictor: Predictor, examples: Examples, error: Array) -> Drawings:
    """The pictures that come back best and worst, and some at random, each under its original; none of vectors."""
    if not is_picture(predictor.spec.input_shape):
        return {}
    order = np.argsort(error, kind="stable")
    by_chance = np.sort(same_for_every_seed().permutation(len(error))[:SHOWN])
    kinds = {"best": order[:SHOWN], "at random": by_chance, "worst": order[::-1][:SHOWN]}
    bands = [{"name": name, "pairs": _pairs(predictor, examples, error, rows)} for name, rows in kinds.items()]
    return {"reconstructions": ("reconstructions", bands)}


def _pairs(predictor: Predictor, examples: Examples, error: Array, rows: Array) -> list[dict[str, Any]]:
    """Some examples, what comes back of them, and how far that is from them."""
    known, x = predictor.preparation, examples.x[rows]
    original, back = known.in_units(x), predictor.predict(x)
    low, high = scale_of(original, known.white)
    pairs = zip(original, back, error[rows].tolist(), strict=True)
    return [{"pictures": [thumbnail(one, low, high) for one in (a, b)], "error": e} for a, b, e in pairs]
