"""Numbers are read into the array that is kept: the same numbers as if they were read and then converted."""

from __future__ import annotations

import io

import numpy as np
import pytest

from nnfs_cli.data.examples import as_numbers
from nnfs_cli.data.formats import filling
from nnfs_cli.data.formats.arrays import read_array, read_numbers
from nnfs_cli.data.spec import Examples
from nnfs_cli.errors import DataError


def numbers(kind: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 100, shape).astype(kind)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("shape", [(), (0, 3), (7,), (50, 3), (20, 3, 4, 5)])
@pytest.mark.parametrize("kind", ["u1", "f4", ">f4", "f8", ">f8", "f2", "i8", "u8", "i1", "?", "g"])
def test_the_same_as_converting_afterwards(tmp_path, monkeypatch, kind, shape, order):
    monkeypatch.setattr(filling, "_BLOCK", 16)
    monkeypatch.setattr(filling, "_PIECE", 30)
    np.savez(tmp_path / "a.npz", x=np.asarray(numbers(kind, shape), order=order))
    wanted = as_numbers(read_array(tmp_path / "a.npz", "x"), "x")
    found = read_numbers(tmp_path / "a.npz", "x", "x")
    assert (found.dtype, found.shape, found.flags["C_CONTIGUOUS"]) == (wanted.dtype, wanted.shape, True)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("place", [0, 70, 149])
@pytest.mark.parametrize(("kind", "odd"), [("f8", 0.1), ("i8", 2**24 + 1), ("f8", np.nan), ("f8", 1e300)])
def test_one_number_that_needs_all_its_digits(tmp_path, monkeypatch, place, kind, odd, order):
    monkeypatch.setattr(filling, "_BLOCK", 16)
    x = np.asarray(numbers(kind, (50, 3)), order=order)
    x.flat[place] = odd
    np.save(tmp_path / "x.npy", x)
    found, wanted = read_numbers(tmp_path / "x.npy", None, "x"), as_numbers(x, "x")
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted)


def test_words_and_a_stream_that_ends_early(tmp_path):
    np.save(tmp_path / "x.npy", np.array(["a", "b"]))
    with pytest.raises(DataError, match=r"x\.npy: x: expected numbers, got text"):
        read_numbers(tmp_path / "x.npy", None, f"{tmp_path / 'x.npy'}: x")
    with pytest.raises(EOFError, match="ends after 5 of 8 bytes"):
        filling.fill(io.BytesIO(b"12345"), (8,), np.dtype(np.uint8), by_columns=False)


@pytest.mark.parametrize("held", [[0], [9], [0, 1, 2], [7, 8, 9], [1, 4, 5, 8], [0, 2, 4, 6, 8], list(range(9))])
@pytest.mark.parametrize("shape", [(10, 3), (10, 1, 300, 500)])
def test_a_split_is_parted_in_its_own_memory(shape, held):
    x, y = numbers("u1", shape), np.arange(10)
    kept = np.setdiff1d(y, held)
    whole = Examples(x.copy(), y.copy())
    parts = whole.part(kept, np.array(held))
    for part, rows in zip(parts, (kept, held), strict=True):
        np.testing.assert_array_equal(part.x, x[rows])
        np.testing.assert_array_equal(part.y, rows)
        assert part.fingerprint() == Examples(x[rows], y[rows]).fingerprint()
        assert np.shares_memory(part.x, whole.x)


def test_what_cannot_be_written_to_is_copied():
    x = numbers("u1", (10, 3))
    x.flags.writeable = False
    first, second = Examples(x, np.arange(10)).part(np.arange(1, 10), np.array([0]))
    np.testing.assert_array_equal(np.concatenate([second.x, first.x]), x)
