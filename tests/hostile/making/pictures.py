"""Pictures: none, cut, or with far more pixels than they have."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def pictures() -> dict[str, bytes]:
    """Pictures that are none, are cut, or claim far more pixels than they have."""
    whole = {}
    for kind in ("PNG", "JPEG"):
        Image.new("L", (40, 40), 9).save(file := io.BytesIO(), kind)
        whole[kind] = file.getvalue()
    size = struct.pack(">II", 40, 40)
    bomb = b"Comment\0\0" + zlib.compress(bytes(1 << 21))
    contents = {
        "empty.png": b"",
        "text.png": b"hello",
        "gif.png": b"GIF89a" + bytes(20),
        "cut.png": whole["PNG"][:-40],
        "cut.jpg": whole["JPEG"][: len(whole["JPEG"]) // 2],
        "claims_4_gigapixels.png": _png(whole["PNG"].replace(size, struct.pack(">II", 1 << 16, 1 << 16))),
        "claims_no_pixels.png": _png(whole["PNG"].replace(size, struct.pack(">II", 0, 40))),
        "text_bomb.png": whole["PNG"][:33] + _chunk(b"zTXt", bomb) + whole["PNG"][33:],
        "wrong_checksum.png": whole["PNG"].replace(size, struct.pack(">II", 40, 41)),
    }
    return contents


def _png(data: bytes) -> bytes:
    """A picture whose first chunk has a right checksum."""
    return data[:8] + _chunk(b"IHDR", data[16:29]) + data[33:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
