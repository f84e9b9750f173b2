"""TensorFile: a safetensors file, written from the arrays where they lie and read into the arrays that are returned.

The package safetensors writes from a copy of all arrays and aborts the process where there is no memory for it. The
format: 8 bytes with the length of the header, the header, then the arrays one after the other, those with the largest
elements first. Source: the safetensors format, github.com/huggingface/safetensors.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs import files

Pieces = list[bytes | memoryview]
DTYPES = {
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
    "F32": "<f4",
    "U32": "<u4",
    "I32": "<i4",
    "F16": "<f2",
    "U16": "<u2",
    "I16": "<i2",
    "I8": "|i1",
    "U8": "|u1",
    "BOOL": "|b1",
}
"""The names of data types in the format, in the order of their arrays in a file."""

_NAMES = {code: name for name, code in DTYPES.items()}
_RANKS = {code: rank for rank, code in enumerate(DTYPES.values())}
_ALIGNMENT = 8


def pieces(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> Pieces:
    """The bytes of a file in pieces, to be written in this order: the header, then views of the arrays.

    Args:
        arrays: C-contiguous and little-endian, as `plain` makes them.
    """
    order = sorted(arrays, key=lambda name: (_RANKS[arrays[name].dtype.str], name))
    text = _compact(_header(arrays, order, metadata)).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return [len(text).to_bytes(8, "little"), text, *(as_bytes(arrays[name]) for name in order)]


def plain(array: Array) -> Array:
    """The array in C order and little-endian: itself, if it is so already."""
    array = np.asarray(array)
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


def as_bytes(array: Array) -> memoryview:
    """The bytes of a C-contiguous array, where they lie."""
    return memoryview(array.reshape(-1).view(np.uint8))


def read_tensors(path: Path) -> dict[str, Array]:
    """The arrays of a file whose header was found sound, each read into its own memory.

    Raises:
        EOFError: the file became shorter meanwhile.
    """
    with open(path, "rb", buffering=0, opener=files.opener) as file:
        size = int.from_bytes(file.read(8), "little")
        entries = json.loads(file.read(size))
        entries.pop("__metadata__", None)
        return {name: _read(file, 8 + size, entry) for name, entry in entries.items()}


def _header(arrays: Mapping[str, Array], order: list[str], metadata: Mapping[str, str]) -> dict[str, object]:
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    start = 0
    for name in order:
        array = arrays[name]
        stop = start + array.nbytes
        header[name] = {"dtype": _NAMES[array.dtype.str], "shape": array.shape, "data_offsets": (start, stop)}
        start = stop
    return header


def _compact(header: Mapping[str, object]) -> str:
    return json.dumps(header, ensure_ascii=False, separators=(",", ":"))


def _read(file: BinaryIO, start: int, entry: Mapping[str, Any]) -> Array:
    array = np.empty(math.prod(entry["shape"]), DTYPES[entry["dtype"]])
    file.seek(start + entry["data_offsets"][0])
    left = as_bytes(array)
    while left:
        count = file.readinto(left)  # type: ignore[attr-defined]
        if not count:
            raise EOFError("it became shorter while it was read")
        left = left[count:]
    return array.reshape(entry["shape"])
