"""Holdout: hold some examples out, the same share of every class."""

from __future__ import annotations

import numpy as np

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import counted


def hold_out(y: Array, amount: float, rng: np.random.Generator, *, name: str) -> tuple[Array, Array]:
    """The rows to keep and the rows to hold out, both in ascending order.

    Classes are held out in proportion to their size, rounded by largest remainders; at least one example of
    every class is kept as long as `amount` leaves room for that. Values of a regression are held out at random.

    Args:
        y: (N,) class numbers or (N, outputs) values.
        amount: a share below 1 (float), at least one example; or a count (int).
        name: what an error calls the examples held out.

    Raises:
        DataError: nothing would be left.
    """
    count = max(1, round(amount * len(y))) if isinstance(amount, float) else amount
    if count >= len(y):
        raise DataError(
            f"{name}: {counted(count, 'example')} asked of {len(y):,}. Ask for fewer, so that some are left."
        )
    groups = _groups(y)
    quotas = _quotas(np.array([len(group) for group in groups]), count)
    held = np.sort(
        np.concatenate([rng.permutation(group)[:quota] for group, quota in zip(groups, quotas, strict=True)])
    )
    kept = np.ones(len(y), bool)
    kept[held] = False
    return np.flatnonzero(kept), held


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
