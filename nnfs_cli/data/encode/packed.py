"""Packed: arrays of numbers as JSON, readable where they are short and compact where they are long."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from nnfs_cli.nn.shapes import Array

LONGEST_LIST = 1000


def pack(array: Array) -> Any:
    """A float64 array as lists, or beyond 1,000 numbers as its shape and its bytes (little-endian, base64)."""
    if array.size <= LONGEST_LIST:
        return array.tolist()
    return {"shape": array.shape, "float64": base64.b64encode(array.astype("<f8").tobytes()).decode()}


def unpack(packed: Any) -> Array:
    """The array that `pack` made.

    Raises:
        ValueError, TypeError, LookupError: it made no such thing.
    """
    if not isinstance(packed, dict):
        return np.array(packed, dtype=np.float64)
    content = base64.b64decode(packed["float64"], validate=True)
    return np.frombuffer(content, "<f8").astype(np.float64).reshape(packed["shape"])
