"""Arrays: `.npy` and `.npz` files, read without pickle and without believing their sizes."""

from __future__ import annotations

import contextlib
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnfs_cli.data.files import reading, refuse_bomb
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_MOST_AXES = 32


def read_array(path: Path, name: str | None = None) -> Array:
    """The array of a `.npy` file, or the one called `name` in a `.npz` file.

    Raises:
        DataError: the file is missing or damaged, holds Python objects, or claims more bytes than it has.
    """
    with _member(path, name) as (file, size):
        _header(path, file, size)
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)


def read_shape(path: Path, name: str | None = None) -> tuple[Shape, np.dtype]:
    """The shape and data type of the same array, from its header alone; raises as `read_array` does."""
    with _member(path, name) as (file, size):
        return _header(path, file, size)


def array_names(path: Path) -> list[str]:
    """The names of the arrays in a `.npz` file."""
    with reading(path, "a .npz file"), zipfile.ZipFile(path) as archive:
        return [name.removesuffix(".npy") for name in archive.namelist()]


@contextlib.contextmanager
def _member(path: Path, name: str | None) -> Iterator[tuple[BinaryIO, int]]:
    """The bytes of one array and their number."""
    kind = "a .npy file" if name is None else "a .npz file"
    with reading(path, kind), contextlib.ExitStack() as stack:
        if name is None:
            yield stack.enter_context(open(path, "rb")), path.stat().st_size
            return
        archive = stack.enter_context(zipfile.ZipFile(path))
        entry = _entry(path, archive, name)
        yield stack.enter_context(archive.open(entry)), entry.file_size  # type: ignore[misc]


def _entry(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    names = archive.namelist()
    if f"{name}.npy" not in names:
        found = ", ".join(n.removesuffix(".npy") for n in names[:10]) or "nothing"
        raise DataError(f"{path}: has no array '{name}', only {found}. Save it with np.savez(path, x=..., y=...).")
    entry = archive.getinfo(f"{name}.npy")
    refuse_bomb(path, entry.file_size, entry.compress_size)
    return entry


def _header(path: Path, file: BinaryIO, size: int) -> tuple[Shape, np.dtype]:
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise DataError(f"{path}: is of version {version} of the .npy format, expected 1.0 or 2.0. Save it again.")
    shape, _, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise DataError(f"{path}: holds Python objects, which could run code. Save an array of numbers instead.")
    if dtype.names is not None or len(shape) > _MOST_AXES or min(shape, default=1) < 0:
        raise DataError(f"{path}: shape {shape} of {dtype} is no array of numbers. Save one instead.")
    _check_size(path, math.prod(shape) * dtype.itemsize, size - file.tell())
    return tuple(int(length) for length in shape), dtype


def _check_size(path: Path, promised: int, held: int) -> None:
    if promised != held:
        raise DataError(f"{path}: its header promises {promised:,} bytes, it holds {held:,}. Get a fresh copy.")
