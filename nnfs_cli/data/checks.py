"""Checks: refuse examples that would only fail later, naming the first bad one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnfs_cli.data.examples import as_found, examples_not_finite, first_not_finite
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.errors import DataError
from nnfs_cli.nn.embeddings import Embedding, each_no_row
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted, shown


def check_split(name: str, split: Examples, spec: DataSpec, *, finite: bool = True) -> None:
    """Refuse a split that a network cannot learn from or be judged by.

    Args:
        finite: whether all features have to be; those of a table may still lack numbers.

    Raises:
        DataError: it is empty, x and y differ in number, examples have another shape than `spec` says, a feature
            or value is not finite, a word has no such number, a label is no class, or a weight is negative or not
            finite.
    """
    if len(split.x) != len(split.y):
        found = f"{counted(len(split.x), 'example')} and {counted(len(split.y), 'answer')}"
        raise DataError(f"{name}: {found}. Make their numbers equal.")
    if not len(split):
        raise DataError(f"{name}: holds no examples. Add some.")
    if split.x.shape[1:] != spec.input_shape:
        raise DataError(
            f"{name}: examples have shape {split.x.shape[1:]}, expected {spec.input_shape}. Bring them to that shape."
        )
    if finite:
        _check_features(name, split)
    refuse_no_rows(name, split.x, spec.embeddings)
    _check_answers(name, split, spec)
    if split.weight is not None:
        _check_weights(name, split.weight, len(split))


def check_logarithms(name: str, split: Examples) -> None:
    """Refuse values that have no logarithm.

    Raises:
        DataError: one is 0 or below.
    """
    below = ~(split.y > 0).reshape(len(split), -1).all(axis=1)
    if below.any():
        row = int(below.argmax())
        raise DataError(
            f"{name}: example {row}: expected a value above 0, as dataset.target_transform: log needs it, got "
            f"{split.y[row].min():g}. Set target_transform: standardize."
        )


def refuse_no_rows(name: str, x: Array, tables: Sequence[Embedding]) -> None:
    """Refuse examples x (N, features) whose last features are no rows of these tables.

    Raises:
        DataError: some are not; the first is named, and how many there are.
    """
    found = list(each_no_row(x, tables))
    if found:
        row, feature, table = found[0]
        others = f", the first of {len(found):,} such examples" if len(found) > 1 else ""
        raise DataError(
            f"{name}: example {row}, feature {feature}, {table.expected(x[row, feature])}{others}. Correct them."
        )


def check_classes(name: str, split: Examples, spec: DataSpec, fix: str) -> None:
    """Refuse training examples that are all of one class.

    Args:
        fix: what to do then.

    Raises:
        DataError: they are.
    """
    if spec.classes is not None and (split.y == split.y[0]).all():
        only = spec.classes[split.y[0]]
        of = f"all {len(split):,} examples are of class" if len(split) > 1 else "the only example is of class"
        raise DataError(f"{name}: {of} '{shown(only)}', expected two classes or more. {fix}")


def _check_features(name: str, split: Examples) -> None:
    if (bad := first_not_finite(split.x)) is not None:
        row, *position = bad
        feature = f"feature {position[0]}" if len(position) == 1 else f"pixel {tuple(position)}"
        raise DataError(
            f"{name}: example {row}, {feature}: expected a finite number, "
            f"got {as_found(split.x[bad])}{_others(split.x)}. Replace such numbers, or leave these examples out."
        )


def _others(x: Array) -> str:
    """How many examples have numbers that are not finite, if several have."""
    count = examples_not_finite(x)
    return f", the first of {count:,} such examples" if count > 1 else ""


def _check_answers(name: str, split: Examples, spec: DataSpec) -> None:
    y = split.y
    if spec.reconstruction:
        return
    if spec.classes is None and y.shape[1:] != (spec.outputs,):
        found = "are class numbers" if y.ndim == 1 else f"have shape {y.shape[1:]}"
        expected = spec.output_shape
        raise DataError(f"{name}: answers {found}, expected values of shape {expected}. Bring them to that shape.")
    if spec.classes is None and (bad := first_not_finite(y)) is not None:
        places = tuple(map(int, np.unravel_index(bad[1], spec.output_shape)))
        which = f"output {bad[1]}" if len(places) == 1 else f"pixel {places} of the answer"
        raise DataError(
            f"{name}: example {bad[0]}, {which}: expected a finite number, got {as_found(y[bad])}{_others(y)}. "
            "Leave examples without an answer out."
        )
    if spec.classes is not None:
        _check_labels(name, split, len(spec.classes))


def _check_labels(name: str, split: Examples, classes: int) -> None:
    if split.y.ndim != 1:
        raise DataError(f"{name}: answers are values, expected class numbers as in train. Save those.")
    inside = (split.y >= 0) & (split.y < classes)
    if not inside.all():
        row = int(np.argmin(inside))
        raise DataError(
            f"{name}: example {row}: expected a label from 0 to {classes - 1}, got {split.y[row]}. "
            "Correct it, or train on examples of that class too."
        )


def _check_weights(name: str, weight: Array, examples: int) -> None:
    if weight.shape != (examples,):
        raise DataError(
            f"{name}: weights have shape {weight.shape}, expected ({examples},). Give one weight for each example."
        )
    sound = np.isfinite(weight) & (weight >= 0)
    if not sound.all():
        row = int(np.argmin(sound))
        raise DataError(
            f"{name}: example {row}: expected a weight, a finite number of at least 0, got {weight[row]}. Correct it."
        )
