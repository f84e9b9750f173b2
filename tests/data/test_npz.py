"""NumPy's files: what they may hold, and hostile ones."""

from __future__ import annotations

import errno
import io
import struct
import zipfile

import numpy as np
import pytest

from nnfs_cli.data.encode.labels import class_numbers
from nnfs_cli.data.examples import refuse_other_answers
from nnfs_cli.data.formats.arrays import array_names, read_array, read_shape
from nnfs_cli.data.formats.files import reading
from nnfs_cli.errors import ConfigError, DataError
from nnfs_cli.registry import SOURCES


def load(locator, x, y, **arguments):
    """What the npz source makes of these arrays."""
    locator.data_dir.mkdir(exist_ok=True)
    np.savez(locator.data_dir / "t.npz", x=x, y=y)
    source = SOURCES["npz"]("t.npz", **arguments)
    loaded = source.load(locator)
    assert source.spec(locator) == loaded.spec
    return loaded


def npy(header: str, body: bytes = b"") -> bytes:
    """A .npy file with this header."""
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


X = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize(
    ("x", "shape", "dtype"),
    [
        (X, (3,), np.float32),
        (X + 2.0**24, (3,), np.float64),
        (X.astype(np.int64) + 2**24, (3,), np.float64),
        (X.astype(np.float16), (3,), np.float32),
        (X.astype(np.uint8), (3,), np.uint8),
        (X > 3, (3,), np.float32),
        (np.asfortranarray(X), (3,), np.float32),
        (X.astype(">i4"), (3,), np.float32),
        (np.zeros((4, 5, 6)), (1, 5, 6), np.float32),
        (np.zeros((4, 3, 5, 6), np.uint8), (3, 5, 6), np.uint8),
    ],
)
def test_examples(locator, x, shape, dtype):
    loaded = load(locator, x, [0, 1, 0, 2])
    assert (loaded.spec.input_shape, loaded.splits["train"].x.dtype) == (shape, dtype)
    np.testing.assert_array_equal(loaded.splits["train"].x, x.reshape(4, *shape))


@pytest.mark.parametrize(
    ("y", "task", "classes", "shape"),
    [
        ([0, 1, 2, 1], "auto", ("0", "1", "2"), (4,)),
        ([True, False, True, True], "auto", ("0", "1"), (4,)),
        ([0.0, 1.0, 2.0, 1.0], "auto", None, (4, 1)),
        ([0.0, 1.0, 2.0, 1.0], "classification", ("0", "1", "2"), (4,)),
        ([0, 1, 2, 1], "regression", None, (4, 1)),
        (np.eye(4), "auto", None, (4, 4)),
        (np.float16([0, 1, 2, 1]), "classification", ("0", "1", "2"), (4,)),
        (np.float16([0, 1, 2, 1]), "regression", None, (4, 1)),
    ],
)
def test_answers(locator, y, task, classes, shape):
    loaded = load(locator, X, y, task=task)
    assert (loaded.spec.classes, loaded.splits["train"].y.shape) == (classes, shape)


@pytest.mark.parametrize(
    ("x", "y", "arguments", "message"),
    [
        (np.zeros(4), [0, 1, 0, 1], {}, r"x: got shape \(4,\), expected"),
        (np.zeros((4, 0)), [0, 1, 0, 1], {}, r"x: got shape \(4, 0\)"),
        (np.zeros((4, 8, 8, 3)), [0, 1, 0, 1], {}, "has its channels last.*transpose"),
        (np.array([["a"]] * 4), [0, 1, 0, 1], {}, "x: expected numbers, got text"),
        (X * 1j, [0, 1, 0, 1], {}, "x: expected numbers, got complex128"),
        (X, ["a", "b", "a", "b"], {"task": "regression"}, "y: expected numbers, got text"),
        (X, ["a", "b", "", "b"], {}, "y: row 2: has no label. Leave such examples out."),
        (X, np.array([b"a", b"\xff", b"b", b"b"]), {}, "y: holds words that are no UTF-8 text. Save them as text."),
        (X, [["a", "b"]] * 4, {}, r"y: got shape \(4, 2\), expected a word for each example"),
        (X, [0, 0.5, 1, 1], {"task": "classification"}, "y: row 1: expected a class number, got 0.5"),
        (X, [0, np.nan, 1, 1], {"task": "classification"}, "y: row 1: expected a class number, got nan"),
        (X, np.float16([0, np.inf, 1, 1]), {"task": "classification"}, "y: row 1: expected a class number, got inf"),
        (X, [0, 1, 250_000, 1], {}, "y: row 2: class 250,000 is beyond"),
        (X, np.int64(3), {}, r"y: got shape \(\)"),
        (np.zeros((0, 3)), np.zeros(0, int), {}, r"y: holds no answers, shape \(0,\)"),
        (X, np.zeros((2, 2, 2, 2, 2)), {}, r"y: got shape \(2, 2, 2, 2, 2\)"),
        (X, [0, 1, 0, 1], {"test": "none.npz"}, "none.npz: there is no such file"),
    ],
)
def test_refuses(locator, x, y, arguments, message):
    with pytest.raises(DataError, match=message):
        load(locator, x, y, **arguments)


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="no longer type than double here")
def test_numbers_beyond_double_precision_are_infinite(locator):
    longest = np.finfo(np.longdouble).max
    split = load(locator, X / X.max() * longest, np.array([0, 1, 0, longest], np.longdouble)).splits["train"]
    assert (split.x.max(), split.y.max()) == (np.inf, np.inf)


def test_pairs_and_validation(locator):
    locator.data_dir.mkdir()
    for name, array in {"x": X, "y": np.array([0, 1, 0, 1])}.items():
        np.save(locator.data_dir / f"{name}.npy", array)
    pair = {"x": "x.npy", "y": "y.npy"}
    splits = SOURCES["npz"](pair, test=pair, validation=pair).load(locator).splits
    assert set(splits) == {"train", "validation", "test"}


def test_half_a_pair():
    with pytest.raises(ConfigError, match="train: expected both x and y, got x"):
        SOURCES["npz"]({"x": "x.npy"})


HOSTILE = {
    "empty": b"",
    "text": b"hello",
    "32 GiB": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296,)}"),
    "overflow": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}"),
    "negative": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
    "deep": npy("(" * 100),
    "code": npy("__import__('os').system('true')"),
    "objects": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"cos\nsystem\n."),
    "record": npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", bytes(8)),
    "cut": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", bytes(8)),
    "too long": npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", bytes(24)),
    "version": b"\x93NUMPY\x07\x00" + bytes(100),
}


@pytest.mark.parametrize("fault", list(HOSTILE))
def test_hostile_npy(tmp_path, fault):
    path = tmp_path / "x.npy"
    path.write_bytes(HOSTILE[fault])
    with pytest.raises(DataError, match=f"^{path}: "):
        read_array(path)
    with pytest.raises(DataError):
        read_shape(path)


@pytest.mark.parametrize("fault", list(HOSTILE))
def test_hostile_npz(tmp_path, fault):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", HOSTILE[fault])
    with pytest.raises(DataError, match=f"^{path}: "):
        read_array(path, "x")


def test_objects_are_not_unpickled(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="holds Python objects, which could run code"):
        read_array(tmp_path / "x.npy")


def test_bomb(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as file:
        file.write(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (73400320,)}"))
        for _ in range(70):
            file.write(bytes(1 << 20))
    with pytest.raises(DataError, match=r"claims 73,400,\d+ bytes in [\d,]+, over 200 times"):
        read_array(path, "x")


def test_damaged_archives(tmp_path):
    path, buffer = tmp_path / "x.npz", io.BytesIO()
    np.savez_compressed(buffer, x=np.random.default_rng(0).normal(size=20))
    whole = buffer.getvalue()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            read_array(path, "x")
    for position in range(60, 200, 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        with pytest.raises(DataError):
            read_array(path, "x")


def test_missing_array(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, images=X)
    assert array_names(path) == ["images"]
    with pytest.raises(DataError, match="has no array 'x', only images"):
        read_array(path, "x")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory"), ImportError("x.so: failed to map segment")],
    ids=repr,
)
def test_a_lack_of_memory_is_no_damage_of_a_file(tmp_path, error):
    with pytest.raises(type(error)), reading(tmp_path, "a file"):
        raise error


def test_a_class_number_beyond_those_that_double_precision_counts_is_none():
    with pytest.raises(DataError, match=r"row 1: expected a class number, got 1e\+300"):
        class_numbers(np.array([0.0, 1e300]), "y")


def test_answers_of_another_shape_are_refused_before_they_are_read(locator, monkeypatch):
    """A header may promise more than there is memory for."""
    locator.data_dir.mkdir()
    np.savez(locator.data_dir / "train.npz", x=np.zeros((4, 1, 2, 2)), y=np.zeros((4, 1, 2, 2)))
    np.savez(locator.data_dir / "test.npz", x=np.zeros((4, 1, 2, 2)), y=np.zeros((4, 1, 3, 3)))
    source = SOURCES["npz"]("train.npz", test="test.npz")
    monkeypatch.setattr("nnfs_cli.data.sources.npz.read_array", lambda *_: pytest.fail("it is read"))
    with pytest.raises(DataError, match=r"test\.npz: y: answers have shape \(1, 3, 3\), expected \(1, 2, 2\)"):
        source._answers("test", "test.npz", source._files(locator))
    with pytest.raises(
        DataError, match=r"y: an answer of shape \(1, 40000, 40000\) has more than 1,073,741,824 numbers"
    ):
        refuse_other_answers((1, 40000, 40000), (1, 40000, 40000), "y")
