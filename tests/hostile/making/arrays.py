"""Arrays: `.npy` and `.npz` files that lie about their size, or would run code."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from typing import Any

import numpy as np

X, Y = np.arange(8.0).reshape(4, 2), np.arange(4) % 2


class Trap:
    """What makes a directory where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.mkdir, ("executed",)


def npy(described: str, body: bytes = b"", version: int = 1) -> bytes:
    """A .npy file with this header."""
    text = described.encode().ljust(118) + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + body


def of(dtype: str, shape: str, body: bytes = b"") -> bytes:
    """A .npy file of this data type and shape."""
    return npy(f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}", body)


def archive(compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    """A .npz file with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(f"{name}.npy"), content, compression)
    return file.getvalue()


def saved(array: np.ndarray) -> bytes:
    """A .npy file as NumPy writes it."""
    np.save(file := io.BytesIO(), array, allow_pickle=True)
    return file.getvalue()


def npy_files() -> dict[str, bytes]:
    """Arrays that lie about their size, or would run code."""
    objects = of("'|O'", "(1,)", pickle.dumps(np.array([Trap()], dtype=object), 2))
    return {
        "empty": b"",
        "text": b"hello",
        "pickle": pickle.dumps(Trap(), 2),
        "pickle_in_npy": objects,
        "object_dtype": saved(np.array([{}], dtype=object)),
        "claims_32_gib": of("'<f8'", "(4294967296,)"),
        "shape_overflows": of("'<f8'", "(4294967296, 4294967296, 4294967296)"),
        "shape_overflows_to_nothing": of("'<f8'", "(4294967296, 4294967296)"),
        "nothing_of_a_huge_shape": of("'<f8'", "(0, 4611686018427387904, 4611686018427387904)"),
        "negative_shape": of("'<f8'", "(-1,)", bytes(8)),
        "shape_of_truths": of("'<f8'", "(True, 'x')", bytes(8)),
        "sixty_five_axes": of("'|u1'", f"({'1, ' * 65})", b"\0"),
        "code_as_header": npy("__import__('os').mkdir('executed')"),
        "deep_header": npy("(" * 9000),
        "minus_signs_as_header": npy("-" * 9000 + "1"),
        "header_of_4_gib": b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + bytes(100),
        "header_of_20_kib": npy("{" + " " * 20_000 + "}"),
        "record_dtype": of("[('a', '<f8')]", "(1,)", bytes(8)),
        "array_dtype": of("('<f8', (2,))", "(1,)", bytes(16)),
        "void_dtype": of("'|V0'", "(1099511627776,)"),
        "unknown_dtype": of("'<q9'", "(1,)", bytes(8)),
        "cut": of("'<f8'", "(2,)", bytes(8)),
        "trailing_bytes": of("'<f8'", "(2,)", bytes(24)),
        "words": saved(np.array(["a", "b"])),
        "dates": saved(np.array(["2020-01-01"], dtype="datetime64[D]")),
        "complex": saved(X * 1j),
        "version_7": b"\x93NUMPY\x07\x00" + bytes(100),
    }


def numpy_files() -> dict[str, bytes]:
    """The same in archives, and archives that lie about what they hold."""
    x, y = saved(X), saved(Y)
    whole = archive(x=x, y=y)
    contents = {f"{name}.npy": content for name, content in npy_files().items()}
    archives = {
        "pickle_in_npz": archive(x=npy_files()["pickle_in_npy"], y=y),
        "object_dtype_in_npz": archive(x=x, y=saved(np.array([{}], dtype=object))),
        "claims_32_gib_in_npz": archive(zipfile.ZIP_DEFLATED, x=of("'<f8'", "(4294967296,)"), y=y),
        "no_array_x": archive(images=x, y=y),
        "name_with_escapes": archive(**{"\n\x1b[31m": x}),
        "no_arrays": archive(),
        "cut": whole[:-30],
        "wrong_checksum": whole.replace(x[-8:], b"\xff" * 8),
        "bzip2": archive(zipfile.ZIP_BZIP2, x=x, y=y),
        "lzma_with_a_dictionary_of_4_gib": archive(zipfile.ZIP_LZMA, x=x, y=y).replace(
            b"\x5d\x00\x00\x80\x00", b"\x5d\xff\xff\xff\xff"
        ),
        "claims_a_gibibyte_in_a_gibibyte": _claiming(1 << 30),
        "encrypted": _with_flag(whole, 1),
        "images_and_labels_differ_in_number": archive(x=x, y=saved(Y[:3])),
        "labels_are_huge": archive(x=x, y=saved(np.array([0, 1, 2**62, 1]))),
        "labels_are_negative": archive(x=x, y=saved(np.array([0, -1, 0, 1]))),
        "nothing_to_learn": archive(x=saved(X[:0]), y=saved(Y[:0])),
    }
    return contents | {f"{name}.npz": content for name, content in archives.items()}


def _claiming(size: int) -> bytes:
    """An archive whose x claims this size, packed and unpacked, in its header and in the directory of the archive."""
    inner = of("'|u1'", f"({size - 128},)")
    real, fake = struct.pack("<II", len(inner), len(inner)), struct.pack("<II", size + 64, size)
    return archive(x=inner, y=saved(Y)).replace(real, fake)


def _with_flag(data: bytes, flag: int) -> bytes:
    """An archive whose members all have a flag, here and in its directory."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = -1
        while (position := changed.find(magic, position + 1)) >= 0:
            changed[position + offset] |= flag
    return bytes(changed)
