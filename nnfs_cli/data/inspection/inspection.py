"""Inspection: what a training would learn from: columns, classes, and what is suspicious about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnfs_cli.data.columns.base import Column, laid_out
from nnfs_cli.data.dataset import Dataset
from nnfs_cli.data.inspection.leaks import suspects, twins
from nnfs_cli.data.spec import ColumnReport, Examples
from nnfs_cli.text import counted, listed, quoted

IMBALANCED = 10
"""How many times larger than the smallest class the largest one may be before accuracy says little."""
ORDERLY = 10
"""How many times more steps forward than back there are in a column of dates that rises."""
MOST_NUMBERS = 1 << 21
"""So many numbers are looked at in the blink of an eye."""


@dataclass(frozen=True)
class ClassReport:
    """A class, and how many examples of it each split has."""

    name: str
    examples: Mapping[str, int]


@dataclass(frozen=True)
class ValueReport:
    """A value to predict: what it is in the training split."""

    name: str
    low: float
    high: float
    mean: float
    deviation: float


@dataclass(frozen=True)
class Inspection:
    """What there is.

    Attributes:
        examples: how many each split has.
        columns: of a table; none for other data.
        classes: if classes are predicted.
        values: if values are.
        warnings: what is suspicious, a sentence each.
    """

    examples: Mapping[str, int]
    columns: tuple[ColumnReport, ...]
    classes: tuple[ClassReport, ...]
    values: tuple[ValueReport, ...]
    warnings: tuple[str, ...]


def inspect(dataset: Dataset, *, thorough: bool = True, balanced: bool = False, ordered: bool = False) -> Inspection:
    """Look at a data set once it is prepared.

    Args:
        thorough: look at every number of it, which takes a while where there are many; otherwise at some rows of a
            table, and at no other data.
        balanced: the training does something against classes of different size already.
        ordered: the last rows are held out.
    """
    splits, spec, columns = dataset.splits, dataset.spec, dataset.preparation.columns or ()
    train, size = splits["train"], sum(split.x.size for split in splits.values())
    warnings = list(_imbalance(train, spec.classes, balanced=balanced))
    warnings += _unordered(splits, columns) if ordered else ()
    warnings += _twins(splits) if thorough or (columns and size <= MOST_NUMBERS) else ()
    rows = slice(None, None, 1 if thorough else -(-train.x.size // MOST_NUMBERS))
    warnings += suspects(train.take(rows), columns)
    return Inspection(
        {name: len(split) for name, split in splits.items()},
        spec.report,
        _classes(splits, spec.classes or ()),
        _values(splits["train"], spec.targets) if spec.classes is None else (),
        tuple(warnings),
    )


def _classes(splits: Mapping[str, Examples], classes: tuple[str, ...]) -> tuple[ClassReport, ...]:
    counts = {name: np.bincount(split.y, minlength=len(classes)) for name, split in splits.items()} if classes else {}
    return tuple(
        ClassReport(name, {split: int(count[number]) for split, count in counts.items()})
        for number, name in enumerate(classes)
    )


def _values(train: Examples, targets: tuple[str, ...] | None) -> tuple[ValueReport, ...]:
    names = targets or [f"value {number + 1}" for number in range(train.y.shape[1])]
    if len(names) != train.y.shape[1]:
        return ()
    return tuple(
        ValueReport(name, *(float(figure) for figure in (y.min(), y.max(), y.mean(), y.std())))
        for name, y in zip(names, train.y.T, strict=True)
    )


def _imbalance(train: Examples, classes: tuple[str, ...] | None, *, balanced: bool) -> Iterator[str]:
    if classes is None:
        return
    counts = np.bincount(train.y, minlength=len(classes))
    rarest = int(counts.argmin())
    if counts.max() < IMBALANCED * counts[rarest]:
        return
    share, often = counts[rarest] / len(train), int(counts.argmax())
    yield (
        f"class {quoted(classes[rarest])} has {counts[rarest]:,} of {len(train):,} training examples "
        f"({100 * share:.2g} %), {quoted(classes[often])} has {counts[often]:,}: accuracy says little. Look at "
        f"balanced_accuracy and macro_f1{', and try loss.class_weights: balanced' * (not balanced)}"
    )


def _unordered(splits: Mapping[str, Examples], columns: Sequence[Column]) -> Iterator[str]:
    """A word on rows that are held out as the last ones, if no column of dates rises from row to row."""
    dates = [(one.name, place.start) for one, place in zip(columns, laid_out(columns), strict=True) if one.is_time]
    for _, place in dates:
        steps = np.diff(np.concatenate([split.x[:, place] for split in splits.values()]))
        if ORDERLY * np.count_nonzero(steps < 0) <= np.count_nonzero(steps > 0):
            return
    if dates:
        names = listed([name for name, _ in dates])
        yield f"split: ordered holds out the last rows, which are not the latest by {names}. Sort the file by time"


def _twins(splits: Mapping[str, Examples]) -> Iterator[str]:
    for name in ("validation", "test"):
        if name in splits and (count := twins(splits["train"].x, splits[name].x)):
            of = counted(len(splits[name]), f"{name} example")
            yield f"{count:,} of {of} are in the training split too: they are measured better than new ones would be"
