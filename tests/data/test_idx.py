"""IDX files, whole and damaged in every way."""

from __future__ import annotations

import gzip
import hashlib
import struct

import numpy as np
import pytest

from nnfs_cli.data.formats.idx import read_idx
from nnfs_cli.errors import DataError
from tests.data.samples import idx_bytes

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
WHOLE = idx_bytes(ARRAY)
ZIPPED = gzip.compress(WHOLE)

FAULTS = {
    "empty": (b"", "not an IDX file: it begins with nothing"),
    "text": (b"hello world", "not an IDX file: it begins with 68 65 6c 6c"),
    "unknown kind": (b"\0\0\x07\x01" + WHOLE[4:], "not an IDX file"),
    "too many axes": (b"\0\0\x08\x09" + bytes(40), "not an IDX file"),
    "cut header": (WHOLE[:10], "ends within its header"),
    "cut": (WHOLE[:-1], "promises 24 bytes, it holds 23"),
    "too long": (WHOLE + b"\0", "more bytes follow the 24"),
    "gzip of cut": (gzip.compress(WHOLE[:-1]), "promises 24 bytes, it holds 23"),
    "gzip of too long": (gzip.compress(WHOLE + b"\0"), "more bytes follow the 24"),
    "cut gzip": (ZIPPED[:-9], "damaged or not an IDX file"),
    "gzip without its end": (ZIPPED[:-8], "damaged or not an IDX file"),
    "wrong checksum": (ZIPPED[:-8] + b"abcd" + ZIPPED[-4:], "CRC check failed"),
    "huge": (struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1) + bytes(9), "claims"),
}


@pytest.mark.parametrize("content", [WHOLE, ZIPPED], ids=["plain", "gzip"])
def test_reads(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    np.testing.assert_array_equal(read_idx(path, sha256=hashlib.sha256(WHOLE).hexdigest()), ARRAY)


@pytest.mark.parametrize(("kind", "dtype"), [(9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")])
def test_reads_every_type(tmp_path, kind, dtype):
    array = np.arange(-3, 3).astype(dtype)
    (tmp_path / "file").write_bytes(idx_bytes(array, kind))
    np.testing.assert_array_equal(read_idx(tmp_path / "file"), array)


@pytest.mark.parametrize("fault", list(FAULTS))
def test_refuses(tmp_path, fault):
    content, message = FAULTS[fault]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path))


def test_refuses_every_truncation(tmp_path):
    path = tmp_path / "file"
    for content in (WHOLE, ZIPPED):
        for length in range(len(content)):
            path.write_bytes(content[:length])
            with pytest.raises(DataError):
                read_idx(path)


def test_refuses_another_digest(tmp_path):
    (tmp_path / "file").write_bytes(WHOLE)
    with pytest.raises(DataError, match=r"not the published file.*Delete it"):
        read_idx(tmp_path / "file", sha256="0" * 64)


def test_missing(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_idx(tmp_path / "file")
