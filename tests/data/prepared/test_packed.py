"""Arrays in JSON: the same bits again, short ones readable, long ones compact."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.data.encode.packed import LONGEST_LIST, pack, unpack


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1), (LONGEST_LIST,), (LONGEST_LIST + 1,), (2, 1000), (0,)])
def test_the_same_bits_again(shape):
    array = np.random.default_rng(0).standard_normal(shape) * 1e-300
    again = unpack(json.loads(json.dumps(pack(array))))
    assert (again.shape, again.dtype, again.tobytes()) == (shape, np.float64, array.tobytes())
    again += 1


def test_short_arrays_are_readable_and_long_ones_compact():
    assert pack(np.array([[1.0], [0.5]])) == [[1.0], [0.5]]
    assert isinstance(pack(np.zeros(LONGEST_LIST)), list)
    numbers = np.random.default_rng(0).standard_normal(150_000)
    assert len(json.dumps(pack(numbers))) < 150_000 * 8 * 1.34 + 100


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"shape": [2]},
        {"float64": ""},
        {"shape": [2], "float64": "AAAA"},
        {"shape": [1], "float64": "AAAAAAAAAAA=!"},
        {"shape": [1], "float64": 3},
        {"shape": "x", "float64": "AAAAAAAAAAA="},
        {"shape": [2], "float64": "AAAAAAAAAAA="},
        [[0.0], [0.0, 0.0]],
        "x",
        [None, "x"],
    ],
    ids=str,
)
def test_refuses_what_was_never_packed(packed):
    with pytest.raises((ValueError, TypeError, LookupError)):
        unpack(packed)
