"""Weights of examples: what they take is announced, and what reading words takes."""

from __future__ import annotations

import numpy as np

from nnfs_cli.build import build_parts, footprint_of
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.npz import OF_ANSWERS
from nnfs_cli.footprint import WEIGHT
from tests.footprint.announcing import config

EXAMPLES = 60_000
Y = np.arange(EXAMPLES) % 3


def parts_of(folder, *, keys=None, loss="cross_entropy", y=Y):
    np.savez(folder / "t.npz", x=np.zeros((EXAMPLES, 2), np.float32), y=y, w=np.ones(EXAMPLES))
    dataset = {"type": "npz", "train": str(folder / "t.npz"), "validation": 0, "keys": keys}
    return build_parts(config([{"type": "dense", "units": 3}], dataset=dataset, loss=loss), Locator(folder))


def test_weights_of_examples_are_held(tmp_path):
    keys = {"x": "x", "y": "y"}
    sizes = [parts_of(tmp_path, keys=given).size for given in (keys, {**keys, "weight": "w"})]
    assert [size.bytes_of(10) for size in sizes] == [10 * (8 + 8), 10 * (8 + 8 + 8)]


def test_weights_of_classes_take_room(tmp_path):
    plain, weighted = (
        footprint_of(parts_of(tmp_path, loss={"type": "cross_entropy", "class_weights": by_class})).network
        for by_class in (None, "balanced")
    )
    assert weighted - plain == WEIGHT * EXAMPLES


def test_words_take_room_while_they_are_read(tmp_path):
    numbers, words = (parts_of(tmp_path, y=y).size.reading for y in (Y, np.array(["cat", "dog", "owl"])[Y]))
    assert (numbers, words) == (OF_ANSWERS * EXAMPLES, (OF_ANSWERS + 2 * 12) * EXAMPLES)
