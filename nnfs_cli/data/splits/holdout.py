"""Holdout: which examples are held out: a share of every class, whole groups, the last ones, or a fold."""

from __future__ import annotations

import numpy as np

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted

Parts = tuple[Array, Array]
"""The rows to keep and the rows to hold out, both in ascending order."""


def hold_out(y: Array, amount: float, rng: np.random.Generator, *, name: str) -> Parts:
    """Examples at random.

    Classes are held out in proportion to their size, rounded by largest remainders; at least one example of
    every class is kept as long as `amount` leaves room for that. Values of a regression are held out at random.

    Args:
        y: (N,) class numbers or (N, outputs) values.
        amount: a share below 1 (float), at least one example; or a count (int).
        name: what an error calls the examples held out.

    Raises:
        DataError: nothing would be left.
    """
    count = count_of(amount, len(y), name)
    groups = _groups(y)
    quotas = _quotas(np.array([len(group) for group in groups]), count)
    held = [rng.permutation(group)[:quota] for group, quota in zip(groups, quotas, strict=True)]
    return _parts(len(y), np.concatenate(held))


def hold_out_last(examples: int, amount: float, *, name: str) -> Parts:
    """The last examples, as of a time series: those before them are trained on.

    Raises:
        DataError: nothing would be left.
    """
    count = count_of(amount, examples, name)
    return np.arange(examples - count), np.arange(examples - count, examples)


def hold_out_groups(group: Array, amount: float, rng: np.random.Generator, *, name: str) -> Parts:
    """Whole groups at random, whose examples are as near to `amount` as the last one of them lets it be.

    Args:
        group: (N,) the number of the group of each example.

    Raises:
        DataError: nothing would be left.
    """
    count = count_of(amount, len(group), name)
    groups, sizes = np.unique(group, return_counts=True)
    if len(groups) < 2:
        raise DataError(f"{name}: all {len(group):,} examples are of one group. Group by a column that differs.")
    order = rng.permutation(len(groups))
    sums = np.cumsum(sizes[order])[:-1]
    taken = order[: 1 + int(np.argmin(np.abs(sums - count)))]
    return _parts(len(group), np.flatnonzero(np.isin(group, groups[taken])))


def fold_out(y: Array, group: Array | None, fold: int, folds: int, rng: np.random.Generator) -> Parts:
    """One of several folds, into which all examples are divided: each class in equal parts, or whole groups.

    As StratifiedKFold and GroupKFold in scikit-learn divide them, after a shuffle.

    Args:
        y: (N,) class numbers or (N, outputs) values.
        group: (N,) the number of the group of each example; None if there are none.
        fold: which one, from 1.

    Raises:
        DataError: there are fewer examples, or groups, than folds.
    """
    found = len(y) if group is None else len(np.unique(group))
    if found < folds:
        things = counted(found, "example" if group is None else "group")
        raise DataError(f"folds: {things} cannot be divided into {folds} folds. Set fewer folds.")
    numbers = _folds_of_groups(group, folds, rng) if group is not None else _folds_of_classes(y, folds, rng)
    return _parts(len(y), np.flatnonzero(numbers == fold - 1))


def count_of(amount: float, examples: int, name: str) -> int:
    """How many examples a share or a count is.

    Raises:
        DataError: nothing would be left.
    """
    count = max(1, round(amount * examples)) if isinstance(amount, float) else amount
    if count >= examples:
        raise DataError(
            f"{name}: {counted(count, 'example')} asked of {examples:,}. Ask for fewer, so that some are left."
        )
    return count


def _parts(examples: int, held: Array) -> Parts:
    kept = np.ones(examples, bool)
    kept[held] = False
    return np.flatnonzero(kept), np.sort(held)


def _folds_of_classes(y: Array, folds: int, rng: np.random.Generator) -> Array:
    """The number of the fold of each example, (N,); the examples of a class follow each other through the folds."""
    order = np.concatenate([rng.permutation(group) for group in _groups(y)])
    numbers = np.empty(len(y), np.int64)
    numbers[order] = np.arange(len(y)) % folds
    return numbers


def _folds_of_groups(group: Array, folds: int, rng: np.random.Generator) -> Array:
    """The number of the fold of each example, (N,); the largest groups first, each into the smallest fold so far."""
    _, places, sizes = np.unique(group, return_inverse=True, return_counts=True)
    order = rng.permutation(len(sizes))
    of_group, filled = np.empty(len(sizes), np.int64), np.zeros(folds, np.int64)
    for place in order[np.argsort(-sizes[order], kind="stable")]:
        of_group[place] = filled.argmin()
        filled[of_group[place]] += sizes[place]
    return of_group[places]


def _groups(y: Array) -> list[Array]:
    """The rows of each class; all rows for values."""
    if y.ndim > 1:
        return [np.arange(len(y))]
    order = np.argsort(y, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(y[order])) + 1)


def _quotas(sizes: Array, count: int) -> Array:
    """How many of each class make `count`; sums to it exactly."""
    exact = count * sizes / sizes.sum()
    quotas = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(quotas - exact, kind="stable")
    for most in (sizes - 1, sizes):
        while quotas.sum() < count and (quotas < most).any():
            open_ = by_remainder[(quotas < most)[by_remainder]]
            quotas[open_[: count - quotas.sum()]] += 1
    return quotas
