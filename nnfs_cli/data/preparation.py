"""Preparation: how an example becomes what a network takes, and how its outputs become answers.

It is measured once, on the training split, and lies in every checkpoint: `evaluate` and `predict` prepare whatever they
are given as the training did, whatever today's files say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.columns import Column
from nnfs_cli.data.dataset import Facts, Split
from nnfs_cli.data.ranges import Ranges
from nnfs_cli.data.standardize import Standardizer
from nnfs_cli.data.target_transform import TargetTransform
from nnfs_cli.nn.metrics import R2, RMSE, Accuracy, Metric
from nnfs_cli.nn.shapes import Array, Shape

BYTE = 255


@dataclass(frozen=True, eq=False)
class Preparation:
    """What a network was trained on.

    Attributes:
        facts: the shape of an example, and what the outputs are called.
        standardizer: of the inputs.
        transform: of the values to predict; changes nothing for classes.
        white: the number that stood for white in the training; bytes and pictures are brought to it. None: the inputs
            were no pixels.
        ranges: the values that the inputs had; None where they were bytes, or where nothing was trained.
        columns: how a row of a table becomes features; None for anything but tables.
        delimiter: what separated the cells of that table.
        depth: how many bits the values of 16-bit pictures had in the training; None if there were none.
    """

    facts: Facts
    standardizer: Standardizer
    transform: TargetTransform
    white: float | None
    ranges: Ranges | None = None
    columns: tuple[Column, ...] | None = None
    delimiter: str = ","
    depth: int | None = None

    @classmethod
    def untrained(cls, facts: Facts) -> Preparation:
        """Numbers as they are, bytes scaled to 0..1: what a network without a training takes."""
        shape = (facts.input_shape[0], 1, 1) if len(facts.input_shape) == 3 else (1,)
        standardizer = Standardizer(np.zeros(shape), np.ones(shape))
        return cls(facts, standardizer, TargetTransform.none(facts.outputs), white=1.0)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is measured beside the loss; the last one is the one that people look at first."""
        if self.facts.classes is not None:
            return (Accuracy(),)
        return RMSE(self.transform.deviation), R2(np.zeros(self.facts.outputs))

    def factors(self, dtype: np.dtype) -> tuple[Array, Array]:
        """(mean, scale) that bring x of this type to (x - mean) scale; both broadcast against one example."""
        mean, scale = self.standardizer.mean, self.standardizer.scale
        if dtype == np.uint8 and self.white is not None:
            return mean * (BYTE / self.white), scale * (self.white / BYTE)
        return mean, scale

    def values(self, outputs: Array) -> Array:
        """Probabilities, or values in the units of the target, (N, outputs) float64, from those of the network."""
        return outputs if self.facts.classes is not None else self.transform.invert(outputs)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into this preparation."""
        return {
            "classes": self.facts.classes,
            "outputs": self.facts.outputs,
            "targets": self.facts.targets,
            "standardizer": self.standardizer.to_json(),
            "transform": self.transform.to_json(),
            "white": self.white,
            "ranges": self.ranges and self.ranges.to_json(),
            "columns": self.columns and [column.to_json() for column in self.columns],
            "delimiter": self.delimiter,
            "depth": self.depth,
        }


def measured(facts: Facts, train: Split, *, standardize: bool, transform: str, **source: Any) -> Preparation:
    """The preparation that a training split asks for.

    Args:
        standardize: measure mean and deviation of the inputs; otherwise pixels are only scaled to 0..1.
        transform: "standardize" or "none", for the values to predict.
        source: what the source knows of its format: columns, delimiter, depth.
    """
    fit = TargetTransform.fit if facts.classes is None and transform == "standardize" else None
    ranges = None if train.x.dtype == np.uint8 else Ranges.fit(train.x)
    return Preparation(
        facts,
        (Standardizer.fit if standardize else Standardizer.unmeasured)(train.x),
        fit(train.y) if fit else TargetTransform.none(facts.outputs),
        _white(facts.input_shape, ranges),
        ranges,
        **source,
    )


def _white(shape: Shape, ranges: Ranges | None) -> float | None:
    """The number that stands for white: images of numbers from 0 to 1, to 255 or to 65,535 are pixels too."""
    if ranges is None:
        return BYTE
    if len(shape) != 3 or ranges.low.min() < 0:
        return None
    return next((white for white in (1.0, BYTE, 65_535.0) if ranges.high.max() <= white), None)
