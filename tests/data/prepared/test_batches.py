"""Batches: what they take examples from, and how these are augmented."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.data.augment.base import Augmentation
from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.spec import DataSpec, Examples

X = np.random.default_rng(0).integers(0, 256, (40, 2, 5, 6)).astype(np.uint8)
Y = np.arange(40) % 3
PREPARATION = measured(DataSpec((2, 5, 6), ("a", "b", "c"), (3,)), Examples(X, Y), standardize=True, transform="none")
SOME = np.array([3, 39, 0, 3, 17])


class Counting:
    """A reader that is no array: it knows of its examples what a batch needs."""

    shape, dtype = X.shape, X.dtype

    def __len__(self) -> int:
        return len(X)

    def take(self, indices: np.ndarray, axis: int, out: np.ndarray, mode: str) -> np.ndarray:
        assert (axis, out.shape, out.dtype) == (0, (len(indices), *X.shape[1:]), X.dtype)
        out[:] = X[indices]
        return out


class Double(Augmentation):
    """x + its row; what it drew is kept."""

    type_name, row_bytes = "double", 1

    def draw(self, examples: int, rng: np.random.Generator) -> np.ndarray:
        return rng.integers(0, 100, examples, np.uint8)

    def apply(self, x: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        return x * np.uint8(2) + drawn[:, None, None, None]

    def nbytes(self, shape: tuple[int, ...], itemsize: int) -> int:
        return 0


def taken(x, *augment: Augmentation, epoch: int = 0, seed: int = 5, indices: np.ndarray = SOME) -> np.ndarray:
    batches = Batches(x, Y, PREPARATION, np.dtype(np.float64), augment)
    batches.start_epoch(seed, epoch)
    return np.moveaxis(batches.take(indices)[0], -1, 0).copy()


def scaled(x: np.ndarray) -> np.ndarray:
    """Standardized by mean and deviation of every channel."""
    mean, deviation = (of(X, axis=(0, 2, 3), keepdims=True) for of in (np.mean, np.std))
    return (x - mean) / deviation


@pytest.mark.parametrize("kind", ["array", "memory map", "other"])
def test_whatever_has_a_length_a_shape_a_type_and_can_take(tmp_path, kind):
    np.save(tmp_path / "x.npy", X)
    reader = {"array": X, "memory map": np.load(tmp_path / "x.npy", mmap_mode="r"), "other": Counting()}[kind]
    np.testing.assert_allclose(taken(reader), scaled(X[SOME]), rtol=1e-12, atol=1e-12)


def rng(seed: int, epoch: int, number: int) -> np.random.Generator:
    """The random numbers of an augmentation in an epoch."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 4, epoch, number])))


@pytest.mark.parametrize(("seed", "epoch"), [(5, 0), (5, 3), (6, 0)])
def test_each_example_has_its_row_of_the_epoch(seed, epoch):
    shift = Shift(2)
    rows = rng(seed, epoch, 0).integers(-2, 3, (40, 2))
    expected = scaled(shift.apply(X, rows)[SOME])
    np.testing.assert_allclose(taken(X, shift, seed=seed, epoch=epoch), expected, rtol=1e-12, atol=1e-12)


def test_several_follow_each_other_with_random_numbers_of_their_own():
    rows = [rng(5, 1, number).integers(0, 100, 40, np.uint8)[:, None, None, None] for number in (0, 1)]
    expected = scaled((2 * (2 * X + rows[0]) + rows[1])[SOME])
    np.testing.assert_allclose(taken(X, Double(), Double(), epoch=1), expected, rtol=1e-12, atol=1e-12)


def test_no_examples_are_a_batch_too():
    assert taken(X, Shift(1), indices=np.zeros(0, int)).shape == (0, 2, 5, 6)
