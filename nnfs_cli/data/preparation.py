"""Preparation: how an example becomes what a network takes, and how its outputs become answers.

It is measured once, on the training split, and lies in every checkpoint: `evaluate` and `predict` prepare whatever they
are given as the training did, whatever today's files say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnfs_cli.data.columns.base import Column, Feature, Scaling, features_of
from nnfs_cli.data.columns.number import Number
from nnfs_cli.data.encode.filling import fill_in
from nnfs_cli.data.encode.packed import pack
from nnfs_cli.data.encode.ranges import Ranges
from nnfs_cli.data.encode.standardize import Standardizer
from nnfs_cli.data.encode.target_transform import TargetTransform
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.nn.metrics.base import InUnits, Metric
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.registry import METRICS, describe_object

ROBUST = "robust"
BYTE = 255.0
LEAST_BYTE = 32
WHITES = (1.0, BYTE, 1023.0, 4095.0, 16_383.0, 65_535.0)
OVERSHOOT = 1.125
"""How far beyond white pixels go where pictures were resampled."""


@dataclass(frozen=True, eq=False)
class Preparation:
    """What a network was trained on.

    Attributes:
        spec: the shape of an example, and what the outputs are called.
        standardizer: of the inputs.
        transform: of the values to predict; changes nothing for classes.
        white: the number that stood for white in the training; bytes and pictures are brought to it. None: the inputs
            were no pixels, or on no known scale.
        ranges: the values that the inputs had; None where they were pixels in bytes, or where nothing was trained.
        columns: how a row of a table becomes features; None for anything but tables.
        delimiter: what separated the cells of that table.
        depth: how many bits the values of 16-bit pictures had in the training; None if there were none.
        array: what the array with the examples was called in the training file; None where it held no named arrays.
        answers: how the cells of values to predict are read; empty for classes, and for anything but tables.
        keep: names of columns that are carried into the answers.
        fill: (features,) float64, what takes the place of a missing number; None for anything but tables.
    """

    spec: DataSpec
    standardizer: Standardizer
    transform: TargetTransform
    white: float | None
    ranges: Ranges | None = None
    columns: tuple[Column, ...] | None = None
    delimiter: str = ","
    depth: int | None = None
    array: str | None = None
    answers: tuple[Number, ...] = ()
    keep: tuple[str, ...] = ()
    fill: Array | None = None

    @classmethod
    def untrained(cls, spec: DataSpec) -> Preparation:
        """Numbers as they are, bytes scaled to 0..1: what a network without a training takes."""
        shape = (spec.input_shape[0], 1, 1) if len(spec.input_shape) == 3 else (1,)
        standardizer = Standardizer(np.zeros(shape), np.ones(shape))
        return cls(spec, standardizer, TargetTransform.unmeasured(spec.output_shape[0]), white=1.0)

    @property
    def trained(self) -> bool:
        """Whether this was measured on examples."""
        return self.ranges is not None or self.white == BYTE

    def metrics(self, names: Iterable[str]) -> tuple[Metric, ...]:
        """These metrics, for the outputs of the network."""
        transform, pixels, kinds = (
            self.transform,
            math.prod(self.spec.output_shape[1:]),
            [METRICS[name] for name in names],
        )
        if transform.log:
            ones, zeros = np.ones_like(transform.centre), np.zeros_like(transform.centre)
            return tuple(InUnits(kind(transform.centre, ones, pixels, zeros), transform.invert) for kind in kinds)
        return tuple(kind(transform.centre, transform.deviation, pixels, transform.mean) for kind in kinds)

    def factors(self, dtype: np.dtype) -> tuple[Array, Array]:
        """(mean, scale) that bring x of this type to (x - mean) scale; both broadcast against one example."""
        mean, scale = self.standardizer.mean, self.standardizer.scale
        if dtype == np.uint8 and self.white is not None:
            return mean * (BYTE / self.white), scale * (self.white / BYTE)
        return mean, scale

    def in_units(self, x: Array) -> Array:
        """Examples x (N, ...) as float64 in the units of the training, in which they are reconstructed."""
        factor = self.white / BYTE if x.dtype == np.uint8 and self.white is not None else 1.0
        return x.astype(np.float64) * factor

    def filled(self, x: Array) -> Array:
        """x (N, *input_shape) with what takes the place of missing numbers; changed where it is."""
        return x if self.fill is None else fill_in(x, self.fill)

    def values(self, outputs: Array) -> Array:
        """Probabilities, or values in the units of the target, (N, outputs) float64, from those of the network."""
        return outputs if self.spec.classes is not None else self.transform.invert(outputs)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` turns back into this preparation."""
        return {
            "classes": self.spec.classes,
            "outputs": self.spec.outputs,
            "reconstruction": self.spec.reconstruction,
            "targets": self.spec.targets,
            "standardizer": self.standardizer.to_json(),
            "transform": self.transform.to_json(),
            "white": self.white,
            "ranges": self.ranges and self.ranges.to_json(),
            "columns": self.columns and [describe_object(column) for column in self.columns],
            "delimiter": self.delimiter,
            "depth": self.depth,
            "array": self.array,
            "answers": [describe_object(number) for number in self.answers],
            "keep": self.keep,
            "fill": None if self.fill is None else pack(self.fill),
        }


def measured(
    spec: DataSpec,
    train: Examples,
    *,
    standardize: Scaling,
    transform: str,
    white: float | None = None,
    **source: Any,
) -> Preparation:
    """The preparation that a training split asks for.

    Args:
        standardize: measure mean and deviation of the inputs, or if "robust" median and quartiles; False: pixels are
            only scaled to 0..1.
        transform: "standardize", "log" or "none", for the values to predict.
        white: the number that stands for it, where the source knows; found in the examples otherwise.
        source: what the source knows of its format: columns, delimiter, depth, array.
    """
    pixels = train.x.dtype == np.uint8 and (white is not None or train.x.max(initial=0) >= LEAST_BYTE)
    ranges = None if pixels else Ranges.fit(train.x)
    standardizer = _standardizer(train.x, standardize, features_of(source.get("columns") or ()))
    return Preparation(
        spec,
        standardizer,
        _transform(spec, train, standardizer, transform),
        _white(spec.input_shape, train.x.dtype, ranges),
        ranges,
        **source,
    )


def _standardizer(x: Array, standardize: Scaling, features: Sequence[Feature]) -> Standardizer:
    """What brings each feature to one scale; those of a table may be told apart."""
    if features:
        own = [standardize if feature.scaling is None else feature.scaling for feature in features]
        return Standardizer.fit_each(x, own) if any(own) else Standardizer.unmeasured(x)
    if not standardize:
        return Standardizer.unmeasured(x)
    return Standardizer.fit_robust(x) if standardize == ROBUST else Standardizer.fit(x)


def _transform(spec: DataSpec, train: Examples, standardizer: Standardizer, name: str) -> TargetTransform:
    y, targets = train.y, spec.output_shape[0]
    if spec.reconstruction:
        return TargetTransform.of_inputs(standardizer, train.x, targets)
    if spec.classes is not None:
        return TargetTransform.unmeasured(targets)
    fit = {"standardize": TargetTransform.fit, "log": TargetTransform.fit_log, "none": TargetTransform.none}[name]
    return fit(y, targets)


def _white(shape: Shape, dtype: np.dtype, ranges: Ranges | None) -> float | None:
    """The number that stands for white, where the values leave no doubt.

    Numbers of images whose largest one is about a usual white are pixels too. Bytes that are all small, such as masks
    of 0 and 1, are not.
    """
    if ranges is None:
        return BYTE
    if len(shape) != 3 or dtype == np.uint8 or ranges.low.min() < 0:
        return None
    largest = ranges.high.max()
    return next((white for white in WHITES if white / 2 < largest <= white * OVERSHOOT), None)
