"""Folders of class folders."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.errors import DataError
from nnfs_cli.registry import SOURCES
from tests.data.samples import write_pictures


def test_classes_take_turns(locator):
    write_pictures(locator.data_dir / "train", 3)
    (locator.data_dir / "train" / "dark" / "notes.txt").write_text("no picture")
    (locator.data_dir / "train" / ".hidden").mkdir()
    loaded = SOURCES["images"]("train", size=8, channels=1).load(locator)
    assert loaded.spec.classes == ("dark", "light")
    assert loaded.splits["train"].y.tolist() == [0, 1] * 3
    assert loaded.splits["train"].x[:, 0, 0, 0].tolist() == [10, 240, 11, 241, 12, 242]


def test_colours_and_proportions(locator):
    write_pictures(locator.data_dir / "train", 1)
    x = SOURCES["images"]("train", size=(4, 7), validation="train").load(locator).splits["validation"].x
    assert x.shape == (2, 3, 4, 7)
    assert x.dtype == np.uint8


def test_refuses(locator):
    source = SOURCES["images"]("train", size=8, test="test")
    locator.data_dir.mkdir()
    with pytest.raises(DataError, match="train: there is no such file"):
        source.load(locator)
    (locator.data_dir / "train").mkdir()
    with pytest.raises(DataError, match="train: holds no folders"):
        source.load(locator)
    (locator.data_dir / "train" / "dark").mkdir()
    (locator.data_dir / "test" / "bright").mkdir(parents=True)
    with pytest.raises(DataError, match="dark: holds no pictures"):
        source.load(locator)
    write_pictures(locator.data_dir / "train2", 2)
    (locator.data_dir / "train2" / "dark" / "0.png").rename(locator.data_dir / "test" / "bright" / "0.png")
    with pytest.raises(DataError, match="classes that the training folder lacks: bright"):
        SOURCES["images"]("train2", size=8, test="test").load(locator)
    with pytest.raises(DataError, match="is not a folder"):
        SOURCES["images"]("embedded:iris.csv", size=8).load(locator)
