"""Batches: examples as a network takes them, gathered, augmented, scaled and laid out in buffers used again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.augment.chain import Chain
from nnfs_cli.data.augment.mixup import Mixture, Part
from nnfs_cli.data.encode.standardize import bent
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.nn.workspace import Workspace


class Reader(Protocol):
    """Where examples (N, *example) are taken from: an array is one, a memory map of a file too."""

    @property
    def shape(self) -> Shape: ...

    @property
    def dtype(self) -> np.dtype: ...

    def __len__(self) -> int: ...

    def take(self, indices: Array, axis: int, out: Array, mode: str) -> Array:
        """The examples at these indices along the first axis, written to `out`, which has their shape and type."""


class Batches:
    """Examples, with their answers or without, from which any can be taken. Pixels stay bytes in memory until they are.

    Bytes are scaled in the type of the network, which loses nothing; all other numbers in float64, because the
    difference of two large numbers is small.

    Args:
        x: (N, *example), anything that a batch can be taken from.
        y: (N,) of classes or (N, outputs) of values in their own units; (N, 0) where each example is its own answer, as
            the network gets it; None where there are no answers.
        preparation: what is taken off and divided by.
        dtype: of what the network gets.
        augment: what changes the examples before they are scaled, in this order, as `start_epoch` draws it.
        weight: (N,), what the loss of each example is multiplied by while a network learns; None: nothing is.
    """

    def __init__(
        self,
        x: Reader,
        y: Array | None,
        preparation: Preparation,
        dtype: np.dtype,
        augment: Sequence[Augmentation] = (),
        weight: Array | None = None,
    ):
        self.example = x.shape[1:]
        self.dtype = np.dtype(dtype)
        self._x, self._augment = x, Chain(augment)
        self._y = _targets(y, preparation, self.dtype)
        self._reconstructs = y is not None and y.shape[1:] == (0,)
        self._weight = None if weight is None else weight.astype(self.dtype)
        self._exact = self.dtype if x.dtype == np.uint8 else np.dtype(np.float64)
        mean, scale = preparation.factors(x.dtype)
        self._mean, self._scale = (_flat(factor, self.example, self._exact) for factor in (mean, scale))
        self._shift = _flat(-mean * scale, self.example, self._exact)
        bend = preparation.standardizer.bend
        self._bend = None if bend is None else _flat(bend, self.example, self._exact)
        self._workspace = Workspace()
        self._batch_last = (*range(1, len(x.shape)), 0)
        self._reserve(0)

    def __len__(self) -> int:
        return len(self._x)

    def start_epoch(self, seed: int, epoch: int) -> None:
        """Draw for all examples what changes them in an epoch, the same in every process."""
        self._augment.start_epoch(len(self), seed, epoch)

    def take(self, indices: Array) -> tuple[Array, Array]:
        """The examples at these indices, (*example, n) and (n,) or (outputs, n), batch last.

        x is a view of a buffer in which each example is contiguous; the next call uses it again. Where examples are
        their own answers, both are views of it.
        """
        count = len(indices)
        self._reserve(count)
        raw = self._x.take(indices, axis=0, out=self._raw[:count], mode="clip")
        raw = self._augment.apply(raw, indices)
        x = self._scaled(raw.reshape(count, self._ready.shape[1]), self._ready[:count])
        target = x.T if self._reconstructs else self.target(indices)
        return x.reshape(count, *self.example).transpose(self._batch_last), target

    def lesson(self, batch: Array, own: slice, mixture: Mixture | None = None) -> tuple[Array, list[Part]]:
        """What a network learns from: a part of the examples of a batch, as `take` gives them, and their answers.

        A mixture of examples that are their own answers is its own answer.

        Args:
            mixture: of the whole batch.
        """
        rows = batch[own]
        x, target = self.take(rows)
        if mixture is None:
            return x, [Part(target, self.weight(rows), 1.0)]
        partners, ready = mixture.partners[own], self._ready[: len(rows)]
        mixed = self._workspace.array("mixed", ready.shape, ready.dtype)
        np.multiply(ready, mixture.share, out=mixed)
        x, other = self.take(partners)
        ready *= 1 - mixture.share
        ready += mixed
        target = other if self._reconstructs else target
        parts = (target, rows, mixture.share), (other, partners, 1 - mixture.share)
        return x, [Part(answers, self.weight(of), share) for answers, of, share in parts]

    def target(self, indices: Array | slice) -> Array:
        """What the loss compares the examples at these indices with, (n,) or (outputs, n); empty without answers.

        Where examples are their own answers it is a view of the buffer of `take`.
        """
        if self._reconstructs:
            return self.take(np.arange(len(self))[indices])[1]
        return self._y[indices].T if self._y is not None else np.empty(0)

    @property
    def answers(self) -> Array:
        """The classes of all examples, (N,), or their values, (outputs, N), of which there are none where examples are
        their own answers."""
        return self._y.T if self._y is not None else np.empty((0, len(self)))

    def weight(self, indices: Array) -> Array | None:
        """The weights of the examples at these indices, (n,); None where they have none."""
        return self._weight[indices] if self._weight is not None else None

    def _scaled(self, raw: Array, ready: Array) -> Array:
        """(raw - mean) scale, bent where the preparation bends it, written to `ready` in the type of the network."""
        if raw.dtype == np.uint8:
            np.copyto(ready, raw)
            ready *= self._scale
            ready += self._shift
            return ready if self._bend is None else bent(ready, self._bend, out=ready)
        exact = np.subtract(raw, self._mean, out=self._difference[: len(raw)])
        if self._bend is None:
            return np.multiply(exact, self._scale, out=ready, casting="same_kind")
        return bent(np.multiply(exact, self._scale, out=exact), self._bend, out=ready)

    def _reserve(self, count: int) -> None:
        if hasattr(self, "_raw") and len(self._raw) >= count:
            return
        shape = (count, math.prod(self.example))
        self._raw, self._ready = np.empty((count, *self.example), self._x.dtype), np.empty(shape, self.dtype)
        self._difference = np.empty(shape if self._x.dtype != np.uint8 else (0, 0), self._exact)


def _targets(y: Array | None, preparation: Preparation, dtype: np.dtype) -> Array | None:
    """What the loss compares with: classes as they are, values as the network learns them."""
    if y is None or y.ndim == 1 or not y.shape[1]:
        return y
    return preparation.transform.apply(y).astype(dtype)


def _flat(factor: Array, example: tuple[int, ...], dtype: np.dtype) -> Array:
    """A factor for flattened examples: one number if it is the same everywhere, else (features,).

    One that somebody forged may be infinite in the type of the network, and so are its answers then.
    """
    with np.errstate(over="ignore"):
        if (factor == factor.flat[0]).all():
            return np.asarray(factor.flat[0], dtype)
        return np.broadcast_to(factor, example).reshape(-1).astype(dtype)
