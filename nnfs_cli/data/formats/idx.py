"""IDX: the format of MNIST, a header of sizes and then plain numbers, gzipped or not.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", the file formats at the end of the page.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnfs_cli.data.formats.files import reading, refuse_bomb
from nnfs_cli.data.formats.stored import Stored
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_AXES = 4
_LARGEST = 1 << 60


def read_idx(path: Path, *, sha256: str | None = None) -> Array:
    """The array of an IDX file, in its own data type.

    Args:
        sha256: the digest that the whole file must have, once decompressed.

    Raises:
        DataError: the file is missing, damaged, cut, too long, or has another digest.
    """
    with reading(path, "an IDX file"), _open(path) as file:
        dtype, shape, header = _read_header(path, file)
        size = math.prod(shape) * dtype.itemsize
        _refuse_other_size(path, file, len(header), size)
        payload = _read_payload(path, file, header, size)
        array = payload[len(header) :].view(dtype).reshape(shape)
    if sha256 is not None:
        _check_digest(path, payload, sha256)
    return array


def stored_idx(path: Path) -> Stored:
    """The same array to be read in parts; raises as `read_idx` does, some of it while it is read."""
    with reading(path, "an IDX file"), _open(path) as file:
        dtype, shape, header = _read_header(path, file)
        _refuse_other_size(path, file, len(header), math.prod(shape) * dtype.itemsize)

    def read(count: int, rows: int) -> Iterator[Array]:
        with reading(path, "an IDX file"), _open(path) as file:
            _read_header(path, file)
            size = math.prod(shape) * dtype.itemsize
            for start in range(0, size, rows * size // count):
                content = np.empty(min(rows * size // count, size - start), np.uint8)
                _read_all(path, file, memoryview(content), start, size)
                yield content.view(dtype).reshape(-1, math.prod(shape) // count)
            _refuse_more(path, file, size)

    return Stored(shape, dtype, True, read)


def read_idx_shape(path: Path) -> tuple[int, ...]:
    """The shape of the same array, from its header alone; raises as `read_idx` does."""
    with reading(path, "an IDX file"), _open(path) as file:
        return _read_header(path, file)[1]


def _open(path: Path) -> BinaryIO:
    with open(path, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if zipped else open(path, "rb")


def _read_header(path: Path, file: BinaryIO) -> tuple[np.dtype, tuple[int, ...], bytes]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 1 <= magic[3] <= _MOST_AXES:
        raise DataError(f"{path}: is not an IDX file: it begins with {magic.hex(' ') or 'nothing'}. Get a fresh copy.")
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(f"{path}: ends within its header. Get a fresh copy.")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    if math.prod(filter(None, shape)) > _LARGEST:
        raise DataError(f"{path}: claims the shape {shape}, which no array has. Get a fresh copy.")
    return np.dtype(_TYPES[magic[2]]), shape, magic + sizes


def _refuse_other_size(path: Path, file: BinaryIO, header: int, size: int) -> None:
    """Refuse a content that the size of the file rules out."""
    stored = path.stat().st_size
    if isinstance(file, gzip.GzipFile):
        refuse_bomb(path, size, stored, "Get a fresh copy if it was cut short. ")
    elif stored - header < size:
        raise _cut_short(path, size, stored - header)


def _cut_short(path: Path, size: int, held: int) -> DataError:
    words = f"its header promises {size:,} bytes, it holds {held:,}"
    return DataError(f"{path}: is cut short: {words}. Get a fresh copy.")


def _read_payload(path: Path, file: BinaryIO, header: bytes, size: int) -> Array:
    """Header and content in one array of bytes."""
    payload = np.empty(len(header) + size, np.uint8)
    payload[: len(header)] = np.frombuffer(header, np.uint8)
    _read_all(path, file, memoryview(payload)[len(header) :], 0, size)
    _refuse_more(path, file, size)
    return payload


def _read_all(path: Path, file: BinaryIO, buffer: memoryview, start: int, size: int) -> None:
    """Fill a buffer with the bytes of the content from `start` on."""
    got = _fill(file, buffer)
    if got < len(buffer):
        raise _cut_short(path, size, start + got)


def _refuse_more(path: Path, file: BinaryIO, size: int) -> None:
    """One byte more is asked for, which also checks gzip's checksum."""
    if file.read(1):
        raise DataError(f"{path}: more bytes follow the {size:,} that its header promises. Get a fresh copy.")


def _fill(file: BinaryIO, buffer: memoryview) -> int:
    """How many bytes there are, up to the size of the buffer; a gzip file that is cut has those before the cut."""
    got = 0
    with contextlib.suppress(EOFError):
        while got < len(buffer) and (count := file.readinto1(buffer[got:])):  # type: ignore[attr-defined]
            got += count
    return got


def _check_digest(path: Path, payload: Array, sha256: str) -> None:
    found = hashlib.sha256(payload).hexdigest()
    if found != sha256:
        raise DataError(
            f"{path}: is not the published file: SHA-256 of its content {found}, expected {sha256}. "
            "Delete it to have it downloaded again."
        )
