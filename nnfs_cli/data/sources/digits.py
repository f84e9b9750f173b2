"""Digits: 1,797 handwritten digits that travel with the program."""

from __future__ import annotations

import gzip

import numpy as np

from nnfs_cli.data.embedded import embedded
from nnfs_cli.data.formats.files import reading
from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Loaded, Locator, Source
from nnfs_cli.data.spec import DataSpec, Examples, Size
from nnfs_cli.errors import DataError
from nnfs_cli.nn.shapes import Array
from nnfs_cli.parameters import PositiveInt
from nnfs_cli.registry import SOURCES

SIDE = 8
TRAIN, TEST = 1437, 360


@SOURCES.register("digits")
class Digits(Source):
    """Grey digits, white on black; the last 360 are the test split.

    Args:
        size: height and width. Beyond 8 the digits are enlarged (bicubic) and framed in black in the proportions of
            MNIST, whose digits fill 20 of 28 pixels.

    Source: Alpaydin & Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI, CC BY 4.0; see data/README.md.
    """

    def __init__(self, size: PositiveInt = SIDE):
        self.size = size

    def spec(self, locator: Locator) -> DataSpec:
        """Known without a file."""
        return DataSpec((1, self.size, self.size), tuple("0123456789"), (10,))

    def sizes(self, locator: Locator, spec: DataSpec) -> Size:
        """Known without a file."""
        return Size({"train": TRAIN, "test": TEST}, self.size**2)

    def load(self, locator: Locator, *, known: Preparation | None = None, only: str | None = None) -> Loaded:
        """1,437 examples to train and 360 to test: x (N, 1, size, size) uint8."""
        spec = self.spec(locator)
        if known is not None and spec.input_shape != known.spec.input_shape:
            raise DataError(
                f"digits: size {self.size} gives images of shape {spec.input_shape}, the network was trained on "
                f"{known.spec.input_shape}. Set size to {known.spec.input_shape[1]}."
            )
        path = embedded("digits.csv.gz")
        with reading(path, "the table of digits"), gzip.open(path, "rt") as file:
            table = np.loadtxt(file, np.int64, delimiter=",")
        images = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8).reshape(-1, SIDE, SIDE)
        every = Examples(_resized(images, self.size)[:, None], table[:, -1])
        return Loaded(spec, {"train": every.take(slice(-TEST)), "test": every.take(slice(-TEST, None))})


def _resized(images: Array, size: int) -> Array:
    """(N, 8, 8) -> (N, size, size)."""
    from PIL import Image

    if size == SIDE:
        return images
    inner = max(round(size * 20 / 28), min(size, SIDE))
    start = (size - inner) // 2
    canvas = np.zeros((len(images), size, size), np.uint8)
    for image, target in zip(images, canvas, strict=True):
        enlarged = Image.fromarray(image).resize((inner, inner), Image.Resampling.BICUBIC)
        target[start : start + inner, start : start + inner] = enlarged
    return canvas
