"""Pictures: PNG and JPEG files as arrays of the size and channels that a network takes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.data.files import reading
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array

SUFFIXES = (".png", ".jpg", ".jpeg")
LARGEST = 1 << 26
_MODES = {1: "L", 3: "RGB"}


def is_picture(path: Path) -> bool:
    """Whether the name is that of a visible PNG or JPEG file."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def read_picture(path: Path, shape: tuple[int, int, int]) -> Array:
    """One picture as (channels, height, width) uint8.

    Colours become grey by luminance (ITU-R 601-2) and grey becomes three equal channels; what is transparent becomes
    black; a photograph is turned upright; another size is stretched or shrunk (Lanczos), whatever its proportions.

    Raises:
        DataError: the file is missing, damaged, neither PNG nor JPEG, or has more than 67 million pixels.
    """
    from PIL import Image, ImageOps

    channels, height, width = shape
    with reading(path, "a PNG or JPEG picture"), warnings.catch_warnings(), open(path, "rb") as file:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = Image.open(file, formats=("PNG", "JPEG"))
        _check_size(path, picture.width * picture.height)
        picture = _flat(ImageOps.exif_transpose(picture), _MODES[channels])
        if picture.size != (width, height):
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        return np.asarray(picture).reshape(height, width, channels).transpose(2, 0, 1)


def _check_size(path: Path, pixels: int) -> None:
    if pixels > LARGEST:
        raise DataError(f"{path}: has {pixels:,} pixels, more than {LARGEST:,}. Shrink it first.")


def _flat(picture: Any, mode: str) -> Any:
    """The picture on black, with 8 bits a channel."""
    from PIL import Image

    if picture.mode.startswith("I"):
        picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "black"), picture)
    return picture.convert(mode)
