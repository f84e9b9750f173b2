"""Leaks: examples that are in two splits, and columns that give the answer away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.spec import Examples
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.streams import same_for_every_seed
from nnfs_cli.text import flow_list, shown

TELLING, FEW_TWINS = 0.99, 0.01
COMBINATIONS, MOST_COLUMNS = 10, 200
LEAST, GROUPS = 10, 64
"""The rows that a group has on average, at least, and the number of groups that numbers are divided into."""
_BLOCK = 1 << 20


def twins(train: Array, other: Array) -> int:
    """How many examples of another split are in the training split too, bit by bit, where chance does not explain it.

    Rows of few different values, such as words alone, are often the same as other rows: 0 where there are fewer than 10
    combinations of their values for each example, unless three standard errors more of the other split have a twin than
    of the training split itself. 0 also for less than one in a hundred.
    """
    if train.dtype != other.dtype:
        train, other = train.astype(np.float64), other.astype(np.float64)
    known, counts = np.unique(_hashed(train), return_counts=True)
    found = int(np.isin(_hashed(other), known).sum())
    usual = float(counts[counts > 1].sum()) / len(train) if _combinations(train) < COMBINATIONS * len(train) else 0.0
    noise = 3 * (usual * (1 - usual) / len(other)) ** 0.5
    return found if found / len(other) > usual + noise + FEW_TWINS else 0


def _combinations(x: Array) -> float:
    """About how many different examples there could be: the product of the different values of each feature.

    Features of 0 and 1 count as so many words of one column.
    """
    rows = x[: max(1, _BLOCK // max(1, x[:1].size))].reshape(-1, x[:1].size)
    different, words = 1.0, 1
    for column in rows.T[:MOST_COLUMNS]:
        values = np.unique(column)
        if len(values) <= 2 and np.isin(values, (0, 1)).all():
            words += 1
        else:
            different *= len(values)
    return different * words


def suspects(train: Examples, columns: Sequence[Column]) -> Iterator[str]:
    """A warning on each column that alone tells the answer in nearly all of the rows, or nearly all of its variance.

    The rows are grouped by the column, words as they are, numbers in up to 64 groups of as many rows; each group says
    its most frequent class, or its mean.
    """
    start = 0
    for column in columns:
        groups = _groups_of(train.x[:, start : start + column.width])
        start += column.width
        told = _told_by(groups, train.y) if len(np.unique(groups)) * LEAST <= len(train) else 0.0
        if told >= TELLING:
            share, leave = f"{100 * told:.3g} %", f"dataset.drop: {flow_list([column.name])}"
            what = "tells the class of" if train.y.ndim == 1 else "explains"
            of = "the training examples" if train.y.ndim == 1 else "the variance of the target"
            yield (
                f"column '{shown(column.name)}' alone {what} {share} of {of}. Leave it out with {leave} if it is known "
                "only after the answer"
            )


def _hashed(x: Array) -> Array:
    """A number of 64 bits for each example, the same for the same bytes: sums of random multiples of its parts."""
    rows = np.ascontiguousarray(x).reshape(len(x), -1)
    words = rows.view({1: np.uint8, 4: np.uint32, 8: np.uint64}[rows.dtype.itemsize])
    factors = same_for_every_seed().integers(1 << 63, size=words.shape[1], dtype=np.uint64) * 2 + 1
    step = max(1, _BLOCK // words.shape[1])
    blocks = (words[start : start + step].astype(np.uint64) for start in range(0, len(words), step))
    return np.concatenate([(block * factors).sum(axis=1, dtype=np.uint64) for block in blocks])


def _groups_of(features: Array) -> Array:
    """The number of a group for each row (n,): one for each word of one-hot features, quantiles of numbers."""
    if features.shape[1] > 1 and np.isin(features, (0, 1)).all():
        return np.where(features.any(axis=1), features.argmax(axis=1) + 1, 0)
    values, places = np.unique(features[:, 0], return_inverse=True)
    count = min(GROUPS, max(1, len(places) // LEAST))
    if len(values) <= count:
        return places
    ranks = np.empty(len(places), np.int64)
    ranks[np.argsort(places, kind="stable")] = np.arange(len(places))
    first = np.full(len(values), len(places))
    np.minimum.at(first, places, ranks)
    return first[places] * count // len(places)


def _told_by(groups: Array, y: Array) -> float:
    """The share of the examples, or of the variance of y, that the groups tell beyond what none would."""
    numbers = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(numbers)
    if y.ndim == 1:
        classes = int(y.max()) + 1
        counts = np.bincount(numbers * classes + y, minlength=len(sizes) * classes).reshape(-1, classes)
        always = counts.sum(axis=0).max() / len(y)
        told = counts.max(axis=1).sum() / len(y)
        return told if told - always > (1 - always) * TELLING / 2 else 0.0
    values = y.reshape(len(y), -1)
    means = np.stack([np.bincount(numbers, column) / sizes for column in values.T], axis=1)
    spread = values.var(axis=0)
    if not (spread > 0).all():
        return 0.0
    return float((1 - (values - means[numbers]).var(axis=0) / spread).min())
