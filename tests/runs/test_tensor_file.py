"""TensorFile: the bytes that safetensors would write, without a copy of the arrays on the way out or in."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import load, save

from nnfs_cli.errors import CheckpointError
from nnfs_cli.runs import checkpoint, tensor_file
from tests.peak import peak_of

LARGE = 4 << 20
METADATA = {"nnfs": '{"name": "größer", "text": "a\\"\\\\\\n\\u007f\x7f\x01"}'}


def arrays() -> dict[str, np.ndarray]:
    """One of every data type, and shapes of every kind."""
    rng = np.random.default_rng(0)
    every = {code: rng.integers(0, 2, (2, 3)).astype(code) for code in tensor_file.DTYPES.values()}
    shapes = {"one": np.float32(2.5), "none": np.zeros((0, 4)), "büro": rng.random(5), "model.10.weight": rng.random(3)}
    return every | shapes | {"model.2.weight": np.asfortranarray(rng.random((3, 4)).astype(np.float32))}


def written(some: dict[str, np.ndarray]) -> bytes:
    return b"".join(tensor_file.pieces({name: tensor_file.plain(array) for name, array in some.items()}, METADATA))


def test_the_bytes_are_those_of_the_package():
    assert written(arrays()) == save({name: np.asarray(array, order="C") for name, array in arrays().items()}, METADATA)


def test_the_package_reads_every_checkpoint(tmp_path):
    checkpoint.write(tmp_path / "x.safetensors", arrays(), {})
    for name, array in load((tmp_path / "x.safetensors").read_bytes()).items():
        np.testing.assert_array_equal(array, arrays()[name])


@pytest.mark.parametrize("name", arrays())
def test_what_is_read_is_what_was_written(tmp_path, name):
    (tmp_path / "x").write_bytes(written(arrays()))
    read, array = tensor_file.read_tensors(tmp_path / "x")[name], np.asarray(arrays()[name])
    assert (read.dtype, read.shape, read.flags.writeable) == (array.dtype, array.shape, True)
    np.testing.assert_array_equal(read, array)


def test_big_endian_numbers_are_turned_round():
    assert written({"a": np.arange(3, dtype=">f4")}) == written({"a": np.arange(3, dtype="<f4")})


def test_a_file_that_becomes_shorter_while_it_is_read(tmp_path, monkeypatch):
    """The header was found sound a moment before."""
    checkpoint.write(tmp_path / "x", {"a": np.ones(1000)}, {})
    read = tensor_file.read_tensors

    def cut(path):
        (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-100])
        return read(path)

    monkeypatch.setattr(checkpoint, "read_tensors", cut)
    with pytest.raises(CheckpointError, match="x: is not a whole safetensors file: it is cut off"):
        checkpoint.read(tmp_path / "x")


def test_writing_copies_no_array_and_reading_makes_one(tmp_path):
    path, some = tmp_path / "x", {"a": np.ones(LARGE, np.uint8), "b": np.ones(LARGE // 4, np.float32)}
    assert peak_of(lambda: checkpoint.write(path, some, {})) < LARGE / 8
    assert peak_of(lambda: checkpoint.read(path)) < 2 * LARGE * 1.1
    assert json.loads(path.read_bytes()[8:].split(b"}}", 1)[0] + b"}}").keys() == {"__metadata__", "a", "b"}
