"""Places: which row of its file each example is."""

from __future__ import annotations

import numpy as np

from nnfs_cli.data.preparation import Preparation
from nnfs_cli.data.sources.base import Locator, Source
from nnfs_cli.data.tables.beside import Beside
from nnfs_cli.data.tables.encoded import read_frame
from nnfs_cli.nn.shapes import Array


def places(source: Source, locator: Locator, known: Preparation, count: int, split: str = "train") -> Array:
    """The row of each of so many examples of the files of a split, (count,), counted as `nnfs predict` counts them.

    They are numbered as they come, but in a table, of which rows without an answer are left out.

    Args:
        known: how the training read its examples.
    """
    if known.columns is None or not hasattr(source, "of_training"):
        return np.arange(count)
    _, target = source.of_training(known)
    path = locator.find(getattr(source, split))
    frame = read_frame(path, source.separator(path), (), target, Beside(), "")
    lacking = target.lacking(frame.answers)
    for position, cells in enumerate(frame.answers):
        unknown = target.refused(position, cells)
        lacking |= np.isin(cells.codes, [code for code, text in enumerate(cells.texts) if text in unknown])
    return np.flatnonzero(~lacking)
