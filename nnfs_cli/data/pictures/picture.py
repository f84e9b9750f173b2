"""Pictures: files of six formats as arrays of the size and channels that a network takes."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.data.formats.files import reading
from nnfs_cli.data.pictures.bit_depth import BitDepth, to_bytes
from nnfs_cli.data.pictures.unreadable import reason_of
from nnfs_cli.data.pictures.words import raw_mode, upright, words_of
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
ENDINGS = {
    **{".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP"},
    **{".gif": "GIF", ".tif": "TIFF", ".tiff": "TIFF"},
}
SUFFIXES = tuple(ENDINGS)
_ENDINGS_OF = {name: tuple(ending for ending, other in ENDINGS.items() if other == name) for name in FORMATS}
KIND = f"a picture ({', '.join(FORMATS)})"
LARGEST = 1 << 26
ROWS = 256
"""How many are brought onto black at a time."""

_SAME = {"MPO": "JPEG"}
_MODES = {1: "L", 3: "RGB"}
_PIXEL, _WORDS_PIXEL, _WEBP_PIXEL, _NUMBERS_PIXEL = 10, 32, 18, 12
"""Bytes that a pixel takes while it is read, measured: of 8 bits a channel, of 16 bits in colours, in a WebP, and of
numbers of 32 bits."""

MOST_BYTES = _PIXEL * LARGEST
"""That a picture may take while it is read."""


class TooLarge(DataError):
    """Reading the picture takes more memory than is allowed for now."""


def is_picture(name: str) -> bool:
    """Whether the name is that of a picture."""
    return name.lower().endswith(SUFFIXES)


def is_misnamed(path: str, content: str) -> bool:
    """Whether a name promises another format than that of the content."""
    return not path.lower().endswith(_ENDINGS_OF[content])


def read_picture(path: Path | str, shape: tuple[int, int, int], depth: BitDepth) -> Array:
    """One picture as (channels, height, width) uint8, whichever of the formats its content has; of several the first.

    Colours become grey by luminance (ITU-R 601-2) and grey becomes three equal channels; what is transparent becomes
    black; a photograph is turned upright; another size is stretched or shrunk (Lanczos), whatever its proportions.

    Args:
        depth: of pictures with 16 bits a channel.

    Raises:
        DataError: the file is missing, damaged, of another format, or has more than 67 million pixels, or its values
            are on no known scale.
    """
    with quietly():
        return decode(path, shape, depth)[0]


@contextmanager
def quietly() -> Iterator[None]:
    """Let no warning of pillow out; that of a picture with far too many pixels is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", pillow().DecompressionBombWarning)
        yield


def decode(
    path: Path | str, shape: tuple[int, int, int], depth: BitDepth, most: int | None = None
) -> tuple[Array, str]:
    """A picture as `read_picture` reads it, within `quietly`, and the format of its content.

    Args:
        most: bytes that reading it may take.

    Raises:
        TooLarge: it takes more.
        DataError: as `read_picture` does.
    """
    channels, height, width = shape
    with reading(path, KIND, reason_of), open(path, "rb") as file:
        opened = _opened(path, file)
        if most is not None and bytes_to_read(opened) > most:
            raise TooLarge(f"{path}: takes more than {most:,} bytes.")
        picture = _flat(_eight_bits(path, file, opened, depth), _MODES[channels])
        if picture.size != (width, height):
            picture = picture.resize((width, height), pillow().Resampling.LANCZOS)
        pixels = np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width, channels)
        return pixels.transpose(2, 0, 1), _SAME.get(opened.format, opened.format)


def bytes_to_read(picture: Any) -> int:
    """The most memory that reading an opened picture takes."""
    return picture.width * picture.height * _bytes_of_a_pixel(picture)


def _bytes_of_a_pixel(picture: Any) -> int:
    if picture.format == "WEBP":
        return _WEBP_PIXEL
    if picture.mode in ("RGB", "RGBA") and ";16" in raw_mode(picture):
        return _WORDS_PIXEL
    return _NUMBERS_PIXEL if picture.mode[:1] in "IF" else _PIXEL


def bytes_claimed(path: Path | str) -> int:
    """The most memory that reading a picture takes, by its header; 0 for one that cannot be read anyway."""
    try:
        with quietly(), reading(path, KIND), open(path, "rb") as file:
            return bytes_to_read(_opened(path, file))
    except DataError:
        return 0


@functools.cache
def pillow() -> Any:
    """The library with the readers of the formats; no other is loaded, let alone asked."""
    from PIL import (  # noqa: F401
        BmpImagePlugin,
        GifImagePlugin,
        Image,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    return Image


def _eight_bits(path: Path | str, file: BinaryIO, picture: Any, depth: BitDepth) -> Any:
    """The picture in a file, upright, with 8 bits a channel."""
    if (words := words_of(path, file, picture)) is not None:
        return _of_words(*words, depth.of(path, int(words[0].max())))
    picture = upright(picture)
    return _of_shares(path, np.asarray(picture)) if picture.mode == "F" else picture


def _opened(path: Path | str, file: BinaryIO) -> Any:
    """The picture in a file, not read yet."""
    image = pillow()
    try:
        picture = image.open(file, formats=FORMATS)
    except (image.DecompressionBombError, image.DecompressionBombWarning):
        raise DataError(f"{path}: has more than {LARGEST:,} pixels. Shrink it first.") from None
    if (pixels := picture.width * picture.height) > LARGEST:
        raise DataError(f"{path}: has {pixels:,} pixels, more than {LARGEST:,}. Shrink it first.")
    if picture.format == "WEBP" and bytes_to_read(picture) > MOST_BYTES:
        most = MOST_BYTES // _WEBP_PIXEL
        raise DataError(f"{path}: has {pixels:,} pixels, more than {most:,} in a WebP. Shrink it, or save it as PNG.")
    return picture


def _of_words(values: Array, opacity: Array | None, depth: int) -> Any:
    image = pillow()
    colours = image.fromarray(to_bytes(values, depth).squeeze(2) if values.shape[2] == 1 else to_bytes(values, depth))
    if opacity is not None:
        colours.putalpha(image.fromarray(to_bytes(opacity, 16)))
    return colours


def _of_shares(path: Path | str, shares: Array) -> Any:
    """A picture of numbers from 0 (black) to 1 (white)."""
    if not (shares.min() >= 0 and shares.max() <= 1):
        raise DataError(
            f"{path}: has numbers from {shares.min():g} to {shares.max():g}, expected 0 (black) to 1 (white). "
            "Bring them to that scale, or save it with 8 bits."
        )
    return pillow().fromarray(to_bytes(shares, 1))


def _flat(picture: Any, mode: str) -> Any:
    """The picture on black."""
    if not picture.has_transparency_data:
        return picture if picture.mode == mode else picture.convert(mode)
    flat = pillow().new(mode, picture.size)
    for top in range(0, picture.height, ROWS):
        part = (0, top, picture.width, min(top + ROWS, picture.height))
        flat.paste(_on_black(picture.crop(part).convert("RGBA")).convert(mode), part)
    return flat


def _on_black(picture: Any) -> Any:
    image = pillow()
    return image.alpha_composite(image.new("RGBA", picture.size, "black"), picture)
