"""Batches: examples as a network takes them, gathered, scaled and laid out in buffers that are used again."""

from __future__ import annotations

import math

import numpy as np

from nnfs_cli.data.dataset import Split
from nnfs_cli.data.standardize import Standardizer
from nnfs_cli.nn.shapes import Array


class Batches:
    """A split from which any examples can be taken. Pixels stay bytes in memory until they are.

    Args:
        split: x (N, *example), y (N,) of classes or (N, outputs) of values.
        standardizer: what is taken off and divided by.
        dtype: of what the network gets.
    """

    def __init__(self, split: Split, standardizer: Standardizer, dtype: np.dtype):
        self.example = split.x.shape[1:]
        self.dtype = np.dtype(dtype)
        self._x = split.x.reshape(len(split.x), math.prod(self.example))
        self._y = split.y if split.y.ndim == 1 else split.y.astype(dtype)
        self._scale = _flat(1 / standardizer.deviation, self.example, self.dtype)
        self._shift = _flat(-standardizer.mean / standardizer.deviation, self.example, self.dtype)
        self._batch_last = (*range(1, split.x.ndim), 0)
        self._raw, self._ready = self._x[:0].copy(), self._x[:0].astype(self.dtype)

    def __len__(self) -> int:
        return len(self._x)

    def take(self, indices: Array) -> tuple[Array, Array]:
        """The examples at these indices, (*example, n) and (n,) or (outputs, n), batch last.

        x is a view of a buffer in which each example is contiguous; the next call uses it again.
        """
        count = len(indices)
        self._reserve(count)
        raw = np.take(self._x, indices, axis=0, out=self._raw[:count], mode="clip")
        x = self._ready[:count]
        np.copyto(x, raw)
        x *= self._scale
        x += self._shift
        return x.reshape(count, *self.example).transpose(self._batch_last), self._y[indices].T

    def _reserve(self, count: int) -> None:
        if len(self._raw) < count:
            self._raw = np.empty((count, self._x.shape[1]), self._x.dtype)
            self._ready = np.empty((count, self._x.shape[1]), self.dtype)


def _flat(factor: Array, example: tuple[int, ...], dtype: np.dtype) -> Array:
    """A factor for flattened examples: one number if it is the same everywhere, else (features,)."""
    if (factor == factor.flat[0]).all():
        return np.asarray(factor.flat[0], dtype)
    return np.broadcast_to(factor, example).reshape(-1).astype(dtype)
