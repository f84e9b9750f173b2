"""Words: pictures of 16 bits a channel, of which pillow alone gives whole numbers for grey ones only."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.text import shown

GREY_ALPHA = "LA;16B"
OTHER_BYTE = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
COLOURS = ("RGB", "RGBA", "RGBX")
HIDDEN, OPAQUE = np.uint16(0), np.uint16(0xFFFF)
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0
LARGEST = 1 << 24
PLAIN = ("BMP", "GIF", "JPEG", "PNG", "WEBP")
"""Formats whose files say in `info` alone how the camera was held."""


def words_of(path: Path | str, file: BinaryIO, picture: Any) -> tuple[Array, Array | None] | None:
    """The values (height, width, 1 or 3) and the opacity (height, width) of a 16-bit picture; None if it is another.

    Pillow keeps the upper byte of 16-bit colours. Read with the bytes the other way round, it gives the lower one.

    Args:
        picture: as it was opened, not read yet.

    Raises:
        DataError: there are values below 0, or the channels are stored in a way of which pillow gives one byte.
    """
    if picture.mode.startswith("I"):
        return _grey(path, picture)
    name, marked, order = (raw := raw_mode(picture)).rpartition(";16")
    if not marked:
        return None
    if raw != GREY_ALPHA and name not in COLOURS:
        raise DataError(f"{path}: has 16-bit channels stored as {shown(raw)}, which are not read. Save it with 8 bits.")
    if picture.width * picture.height > LARGEST:
        raise DataError(
            f"{path}: has more than {LARGEST:,} pixels of 16-bit colours. Shrink it, or save it with 8 bits."
        )
    if raw == GREY_ALPHA:
        _read_as(picture, "RGBA")
        high, low, high_alpha, low_alpha = np.moveaxis(np.asarray(upright(picture)).astype(np.uint16), 2, 0)
        return (high << 8 | low)[..., None], high_alpha << 8 | low_alpha
    from PIL import Image

    high = np.asarray(upright(picture)).astype(np.uint16)
    other = Image.open(file, formats=(picture.format,))
    _read_as(other, f"{name};16{OTHER_BYTE[order]}")
    words = high << 8 | np.asarray(upright(other))
    return words[..., :3], words[..., 3] if name == "RGBA" else None


def _grey(path: Path | str, picture: Any) -> tuple[Array, Array | None]:
    if getattr(picture, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:
        raise DataError(f"{path}: is a 16-bit negative: its white is 0. Save it with black as 0.")
    transparent = picture.info.get("transparency")
    values = np.asarray(upright(picture))
    if values.min() < 0:
        raise DataError(f"{path}: has values from {values.min():,}, expected 0 or more. Save it with 8 bits.")
    alpha = np.where(values == transparent, HIDDEN, OPAQUE) if isinstance(transparent, int) else None
    return values[..., None], alpha


def raw_mode(picture: Any) -> str:
    """How the file stores the channels, in pillow's words."""
    arguments = picture.tile[0][3] if getattr(picture, "tile", None) else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def _read_as(picture: Any, mode: str) -> None:
    """Let pillow take the bytes of the file for another order of channels and bytes."""

    def changed(arguments: Any) -> Any:
        return (mode, *arguments[1:]) if isinstance(arguments, tuple) else mode

    picture.tile = [(codec, extents, offset, changed(arguments)) for codec, extents, offset, arguments in picture.tile]


def upright(picture: Any) -> Any:
    """The picture itself, read, and turned as the camera was held; most files say nothing of that."""
    picture.load()
    if picture.format not in PLAIN or any("exif" in key or "xmp" in key for key in picture.info):
        from PIL import ImageOps

        ImageOps.exif_transpose(picture, in_place=True)
    return picture
