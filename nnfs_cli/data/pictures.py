"""Pictures: files of six formats as arrays of the size and channels that a network takes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnfs_cli.data.bit_depth import BitDepth, to_bytes
from nnfs_cli.data.files import reading
from nnfs_cli.data.words import words_of
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
KIND = f"a picture ({', '.join(FORMATS)})"
LARGEST = 1 << 26
_MODES = {1: "L", 3: "RGB"}


def is_picture(path: Path) -> bool:
    """Whether the name is that of a picture."""
    return path.suffix.lower() in SUFFIXES


def read_picture(path: Path, shape: tuple[int, int, int], depth: BitDepth) -> Array:
    """One picture as (channels, height, width) uint8, whichever of the formats its content has; of several the first.

    Colours become grey by luminance (ITU-R 601-2) and grey becomes three equal channels; what is transparent becomes
    black; a photograph is turned upright; another size is stretched or shrunk (Lanczos), whatever its proportions.

    Args:
        depth: of pictures with 16 bits a channel.

    Raises:
        DataError: the file is missing, damaged, of another format, or has more than 67 million pixels, or its values
            are on no known scale.
    """
    from PIL import Image

    channels, height, width = shape
    with reading(path, KIND), warnings.catch_warnings(), open(path, "rb") as file:
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = _flat(_eight_bits(path, file, depth), _MODES[channels])
        if picture.size != (width, height):
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(picture).reshape(height, width, channels).transpose(2, 0, 1)


def _eight_bits(path: Path, file: BinaryIO, depth: BitDepth) -> Any:
    """The picture in a file, upright, with 8 bits a channel."""
    from PIL import ImageOps

    picture = _opened(path, file)
    _check_size(path, picture.width * picture.height)
    if (words := words_of(path, file, picture)) is not None:
        return _of_words(*words, depth.of(path, int(words[0].max())))
    picture = ImageOps.exif_transpose(picture)
    return _of_shares(path, np.asarray(picture)) if picture.mode == "F" else picture


def _opened(path: Path, file: BinaryIO) -> Any:
    """The picture in a file; no reader but those of the formats is loaded, let alone asked."""
    from PIL import (  # noqa: F401
        BmpImagePlugin,
        GifImagePlugin,
        Image,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        UnidentifiedImageError,
        WebPImagePlugin,
    )

    try:
        return Image.open(file, formats=FORMATS)
    except UnidentifiedImageError:
        raise DataError(f"{path}: is damaged or not {KIND}. Get a fresh copy, or save it as PNG.") from None


def _check_size(path: Path, pixels: int) -> None:
    if pixels > LARGEST:
        raise DataError(f"{path}: has {pixels:,} pixels, more than {LARGEST:,}. Shrink it first.")


def _of_words(values: Array, opacity: Array | None, depth: int) -> Any:
    from PIL import Image

    colours = Image.fromarray(to_bytes(values, depth).squeeze(2) if values.shape[2] == 1 else to_bytes(values, depth))
    if opacity is not None:
        colours.putalpha(Image.fromarray(to_bytes(opacity, 16)))
    return colours


def _of_shares(path: Path, shares: Array) -> Any:
    """A picture of numbers from 0 (black) to 1 (white)."""
    from PIL import Image

    if not (shares.min() >= 0 and shares.max() <= 1):
        raise DataError(
            f"{path}: has numbers from {shares.min():g} to {shares.max():g}, expected 0 (black) to 1 (white). "
            "Bring them to that scale, or save it with 8 bits."
        )
    return Image.fromarray(to_bytes(shares, 1))


def _flat(picture: Any, mode: str) -> Any:
    """The picture on black."""
    from PIL import Image

    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "black"), picture)
    return picture.convert(mode)
