"""Checkpoint: what is read is what was written, or an error that says why not."""

from __future__ import annotations

import json
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save

from nnfs_cli.errors import CheckpointError, MachineError
from nnfs_cli.runs import checkpoint
from tests.effort import EFFORT
from tests.fuzz import tiny

STATE = {"name": "größer", "training": {"step": 3, "best": None}, "list": [1, 2.5, 1e-300, True, "x"]}


def tensors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "model.0.weight": rng.standard_normal((3, 4)).astype(np.float32),
        "model.0.bias": rng.standard_normal(3),
        "optimizer.m.model.0.weight": np.asfortranarray(rng.standard_normal((3, 4)).astype(np.float32)),
        "counts": np.arange(5, dtype=np.int64),
        "one": np.array(2.5, np.float32),
        "none": np.zeros((0, 4), np.float32),
    }


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "last.safetensors"
    checkpoint.write(path, tensors(), STATE)
    return path


def forge(path, state_text: str, arrays: dict[str, np.ndarray] | None = None) -> None:
    """A file with a right digest and any text as its state."""
    arrays = arrays or {}
    path.write_bytes(save(arrays, {"nnfs": state_text, "sha256": checkpoint._digest(arrays, state_text)}))


def refusal(path) -> str:
    """The one line with which a file is refused; it names the file."""
    with pytest.raises(CheckpointError) as refused:
        checkpoint.read(path)
    line = str(refused.value)
    assert line.startswith(f"{path}: ")
    assert line.isprintable()
    assert refused.value.exit_code == 4
    return line.removeprefix(f"{path}: ")


def test_round_trip(path):
    saved, written = checkpoint.read(path), tensors()
    assert saved.path == path
    assert saved.state == {"format": 1, **STATE}
    assert saved.tensors.keys() == written.keys()
    for name, array in written.items():
        assert saved.tensors[name].dtype == array.dtype
        assert saved.tensors[name].shape == array.shape
        np.testing.assert_array_equal(saved.tensors[name], array)


def test_the_safetensors_package_reads_it(path):
    with safe_open(path, framework="numpy") as file:
        assert set(file.keys()) == set(tensors())
        assert json.loads(file.metadata()["nnfs"])["name"] == "größer"
        assert file.get_tensor("model.0.weight").shape == (3, 4)


@pytest.fixture
def whole(tmp_path) -> Path:
    """The checkpoint of a training of 51 parameters, as a run saves it: 4 KiB."""
    path = tmp_path / "tiny.safetensors"
    path.write_bytes(tiny.encoded())
    checkpoint.read(path)
    return path


def test_flipped_bits(whole):
    """flipped bits; a short run flips one of each byte"""
    content, flips = whole.read_bytes(), 0
    with open(whole, "r+b", buffering=0) as file:
        for position in range(len(content)):
            for bit in range(8) if EFFORT > 1 else [position % 8]:
                flips += 1
                os.pwrite(file.fileno(), bytes([content[position] ^ 1 << bit]), position)
                refusal(whole)
            os.pwrite(file.fileno(), content[position : position + 1], position)
    assert flips > 3_500
    checkpoint.read(whole)


def test_truncation_at_any_length(whole):
    """truncation at any length"""
    content = whole.read_bytes()
    for length in reversed(range(len(content))):
        os.truncate(whole, length)
        words = (
            f"it is cut off, {length:,} of {len(content) if length >= header_end(content) else header_end(content):,} "
        )
        assert words in refusal(whole) or length < 8


def header_end(content: bytes) -> int:
    """Where the header of a safetensors file ends."""
    return 8 + int.from_bytes(content[:8], "little")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "is damaged: its bytes do not match the SHA-256"),
        (lambda data: data[:-1], "is not a whole safetensors file: it is cut off"),
        (lambda data: data[:100], "is not a whole safetensors file: it is cut off, 100 of "),
        (lambda data: data[:7], "is not a checkpoint: it has 7 bytes."),
        (lambda data: b"", "is not a checkpoint: it is empty."),
        (lambda data: data + b"more", "is not a whole safetensors file: 4 bytes follow its end."),
        (lambda data: b"epoch,step\n1,100\n", "is not a checkpoint: it is no safetensors file"),
        (lambda data: data[:8] + b"[" + data[9:], "is not a whole safetensors file: Error while deserializing header"),
    ],
    ids=[
        "flipped bit",
        "truncated",
        "truncated header",
        "few bytes",
        "empty",
        "trailing bytes",
        "text",
        "broken header",
    ],
)
def test_each_damage_has_its_own_message(whole, damage, words):
    """flipped bits, truncation at any length, empty file, trailing bytes, text file"""
    whole.write_bytes(damage(whole.read_bytes()))
    assert refusal(whole).startswith(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a checkpoint: it is empty."),
        (b"abc", "is not a checkpoint: it has 3 bytes."),
        (b"# a text\n" * 9, "is not a checkpoint: it is no safetensors file"),
        (struct.pack("<Q", 2**60) + b"{}", "header claims 1,152,921,504,606,846,976 bytes, at most 4,194,304"),
        (struct.pack("<Q", 2**64 - 1), "header claims 18,446,744,073,709,551,615 bytes"),
        (struct.pack("<Q", 5) + b"{nope", "is not a whole safetensors file"),
    ],
)
def test_files_of_other_kinds(tmp_path, content, words):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    assert words in refusal(path)


def test_missing_files_and_directories(tmp_path):
    assert refusal(tmp_path / "gone") == "cannot be read: No such file or directory."
    assert refusal(tmp_path) == "cannot be read: Is a directory."


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_a_safetensors_file_of_somebody_else(tmp_path, metadata):
    path = tmp_path / "other.safetensors"
    path.write_bytes(save({"weight": np.ones(3)}, metadata))
    words = "is a safetensors file, but nnfs did not write it: its metadata has no 'nnfs'."
    assert refusal(path) == f"{words} {checkpoint.FIX}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": 2}', "has format 2, this version of nnfs reads format 1. Upgrade nnfs."),
        ("{}", "has format None"),
        ("[]", "has format None"),
        ("{", "its metadata is not JSON"),
        ('{"format": 1, "loss": NaN}', "its metadata is not JSON (it holds NaN)"),
        ('{"format": 1, "loss": -Infinity}', "it holds -Infinity"),
        ("[" * 100_000, "its metadata is not JSON"),
        ('{"format": ' + "9" * 5000 + "}", "its metadata is not JSON"),
    ],
)
def test_states_that_are_not_ours(tmp_path, text, words):
    path = tmp_path / "x.safetensors"
    forge(path, text)
    assert words in refusal(path)


def test_nothing_that_json_lacks_is_written():
    with pytest.raises(
        MachineError, match="because it could not be read again: Out of range float values are not JSON compliant"
    ):
        checkpoint.encode({}, {"loss": float("nan")})


def header_only(entries: dict) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]},
        {"dtype": "F32", "shape": [2**63, 2**63], "data_offsets": [0, 0]},
        {"dtype": "F32", "shape": [2**32, 2**32, 4], "data_offsets": [0, 64]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "O", "shape": [1], "data_offsets": [0, 8]},
        {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]},
        {"dtype": "F8_E4M3", "shape": [8], "data_offsets": [0, 8]},
    ],
    ids=str,
)
def test_hostile_headers(tmp_path, entry):
    path = tmp_path / "x.safetensors"
    path.write_bytes(header_only({"a": entry}) + bytes(8))
    tracemalloc.start()
    refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_too_many_tensors(tmp_path):
    path = tmp_path / "x.safetensors"
    entry = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    path.write_bytes(header_only({f"t{number}": entry for number in range(10_001)}))
    assert refusal(path) == "has 10001 tensors, more than the 10000 that are allowed."


def test_a_disk_that_refuses(tmp_path):
    with pytest.raises(MachineError, match=r"nowhere/x\.safetensors: cannot be written"):
        checkpoint.write(tmp_path / "nowhere" / "x.safetensors", {}, {})
