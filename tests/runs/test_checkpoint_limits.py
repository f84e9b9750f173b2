"""Limits of checkpoints: the writer refuses what the reader would refuse."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.errors import MachineError
from nnfs_cli.runs import checkpoint
from tests.runs.test_checkpoint import path

__all__ = ["path"]


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


EMPTY = np.zeros(0, np.float32)


@pytest.mark.parametrize(
    ("arrays", "state", "words"),
    [
        ({f"t{number}": EMPTY for number in range(10_001)}, {}, "it has 10001 tensors, more than the 10000 that"),
        ({"a\nb": EMPTY}, {}, "it has a tensor whose name cannot be shown"),
        ({"a\udcffb": EMPTY}, {}, "it has a tensor whose name cannot be shown"),
        ({"__metadata__": EMPTY}, {}, "it has a tensor whose name cannot be shown"),
        ({}, {"text": "a" * (4 << 20)}, r"its header claims 4,194,\d+ bytes, at most 4,194,304 are allowed"),
        ({"a" * 5_000_000: EMPTY}, {}, "its header claims"),
        ({}, {"number": float("inf")}, "not JSON compliant"),
        ({}, {"list": deep(100_000)}, "recursion"),
    ],
    ids=range(8),
)
def test_the_writer_refuses_what_the_reader_would_refuse(path, arrays, state, words):
    before = path.read_bytes()
    with pytest.raises(MachineError, match=words) as refused:
        checkpoint.write(path, arrays, state)
    assert "Train a network with fewer layers, features or classes." in str(refused.value)
    assert path.read_bytes() == before


def test_what_is_just_within_the_limits_is_written_and_read(tmp_path):
    path, free = tmp_path / "x.safetensors", checkpoint.MAX_HEADER - 200
    checkpoint.write(path, {}, {"text": "a" * free})
    assert len(checkpoint.read(path).state["text"]) == free
    checkpoint.write(path, {f"t{number}": EMPTY for number in range(10_000)}, {})
    assert len(checkpoint.read(path).tensors) == 10_000
