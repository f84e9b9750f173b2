"""Arrays: `.npy` and `.npz` files, read without pickle and without believing their sizes."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnfs_cli.data.examples import refuse_words
from nnfs_cli.data.formats.files import opening, reading, refuse_bomb
from nnfs_cli.data.formats.filling import fill
from nnfs_cli.data.formats.stored import Stored, by_columns, by_rows
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array, Shape
from nnfs_cli.text import listed

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_LARGEST_HEADER = 10_000
_SINGLE, _ARCHIVE = b"\x93NUMPY", b"PK\x03\x04"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_AXES = 32
_LARGEST = 1 << 60
_START = 1 << 16


def read_array(path: Path, name: str | None = None) -> Array:
    """The array of a `.npy` file, or the one called `name` in a `.npz` file.

    Raises:
        DataError: the file is missing or damaged, holds Python objects, or claims more bytes than it has.
    """
    with _member(path, name) as (file, size):
        _header(path, file, size)
        file.seek(0)
        with warnings.catch_warnings(action="ignore"):
            return np.lib.format.read_array(file, allow_pickle=False)


def read_numbers(path: Path, name: str | None, where: str) -> Array:
    """The same array as numbers of the type that examples are kept in, read straight into the memory that they stay in.

    Raises:
        DataError: as `read_array`, or it holds no numbers.
    """
    with _member(path, name) as (file, size):
        shape, dtype, start, fortran = _header(path, file, size)
        refuse_words(dtype, where)
        file.seek(start)
        return fill(file, shape, dtype, by_columns=fortran)


def stored_array(path: Path, name: str | None = None) -> Stored:
    """The same array to be read in parts; one in Fortran's order within a `.npz` file is read whole before.

    Raises:
        DataError: as `read_array`.
    """
    with _member(path, name) as (file, size):
        shape, dtype, _, _ = _header(path, file, size)

    def read(count: int, rows: int) -> Iterator[Array]:
        with _member(path, name) as (file, size):
            shape, dtype, start, fortran = _header(path, file, size)
            if fortran and name is not None:
                whole = read_array(path, name).reshape(count, -1)
                yield from (whole[first : first + rows] for first in range(0, count, rows))
                return
            file.seek(start)
            yield from (by_columns if fortran else by_rows)(file, shape, dtype, count, rows)

    return Stored(shape, dtype, name is not None, read)


def read_shape(path: Path, name: str | None = None) -> tuple[Shape, np.dtype]:
    """The shape and data type of the same array, from its header alone; raises as `read_array` does."""
    with _member(path, name) as (file, size):
        return _header(path, file, size)[:2]


def read_shapes(path: Path, names: Sequence[str]) -> dict[str, Shape | None]:
    """The shapes of arrays in a `.npz` file that is opened once; None for one whose header says none.

    Raises:
        DataError: the file is missing or no archive.
    """
    with reading(path, "a .npz file"), zipfile.ZipFile(path) as archive:
        return {name: _shape_in(path, archive, name) for name in names}


def read_start(path: Path, name: str | None = None) -> Array:
    """The first numbers of the same array in the order in which they are stored; raises as `read_array` does."""
    with _member(path, name) as (file, size):
        shape, dtype, start, _ = _header(path, file, size)
        file.seek(start)
        return np.frombuffer(file.read(min(math.prod(shape), _START) * dtype.itemsize), dtype)


def is_single_array(path: Path) -> bool:
    """Whether a file is a `.npy` file, whatever it is called."""
    with opening(path), open(path, "rb") as file:
        return file.read(len(_SINGLE)) == _SINGLE


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


def _shape_in(path: Path, archive: zipfile.ZipFile, name: str) -> Shape | None:
    with contextlib.suppress(DataError), reading(path, "a .npz file"):
        entry = _entry(path, archive, name)
        with archive.open(entry) as file:
            return _header(path, file, entry.file_size)[0]  # type: ignore[arg-type]
    return None


def _entry(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    names = archive.namelist()
    if f"{name}.npy" not in names:
        found = listed([n.removesuffix(".npy") for n in names]) or "nothing"
        raise DataError(f"{path}: has no array '{name}', only {found}. Save it with np.savez(path, x=..., y=...).")
    entry = archive.getinfo(f"{name}.npy")
    if entry.compress_type not in _COMPRESSIONS:
        raise DataError(f"{path}: '{name}' is compressed in a way that NumPy never uses. Save it with np.savez.")
    refuse_bomb(path, entry.file_size, min(entry.compress_size, path.stat().st_size))
    return entry


def _header(path: Path, file: BinaryIO, size: int) -> tuple[Shape, np.dtype, int, bool]:
    """Shape and type of an array, where it begins, and whether its first axis is the one that varies fastest."""
    head = file.read(_LARGEST_HEADER)
    if head.startswith(_ARCHIVE):
        raise DataError(f"{path}: is a .npz file, expected a .npy file of one array. Give it alone, not as x or y.")
    shape, dtype, start, fortran = _parsed(path, io.BytesIO(head))
    if dtype.hasobject:
        raise DataError(f"{path}: holds Python objects, which could run code. Save an array of numbers instead.")
    possible = len(shape) <= _MOST_AXES and min(shape, default=1) >= 0 and math.prod(filter(None, shape)) <= _LARGEST
    if dtype.names is not None or not possible:
        raise DataError(f"{path}: shape {shape} of {dtype} is no array of numbers. Save one instead.")
    _check_size(path, math.prod(shape) * dtype.itemsize, size - start)
    return tuple(int(length) for length in shape), dtype, start, fortran


def _parsed(path: Path, start: BinaryIO) -> tuple[Shape, np.dtype, int, bool]:
    """What a header says: shape, type, where the array begins, whether it is in Fortran's order.

    The header is small, so whatever goes wrong here, a lack of memory included, is its own doing.
    """
    version = np.lib.format.read_magic(start)
    if version not in _HEADERS:
        raise DataError(f"{path}: is of version {version} of the .npy format, expected 1.0 or 2.0. Save it again.")
    try:
        with warnings.catch_warnings(action="ignore"):
            shape, fortran, dtype = _HEADERS[version](start)
    except Exception as error:
        raise DataError(f"{path}: its header does not describe an array. Get a fresh copy.") from error
    return shape, dtype, start.tell(), fortran


def _check_size(path: Path, promised: int, held: int) -> None:
    if promised != held:
        raise DataError(f"{path}: its header promises {promised:,} bytes, it holds {held:,}. Get a fresh copy.")
