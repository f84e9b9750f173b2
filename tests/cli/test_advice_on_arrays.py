"""Advice on arrays: all that is wrong is told at once, and what a message says to do is done and works."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

CONFIG = """\
dataset: {type: npz, train: data.npz}
model: {layers: [flatten, {type: dense, units: 3}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1, batch_size: 8, workers: 1}
"""


@pytest.fixture(autouse=True)
def configuration(directory):
    Path("c.yaml").write_text(CONFIG)


def pictures(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Channels last, and class numbers."""
    y = np.arange(count) % 3
    x = np.random.default_rng(seed).integers(0, 60, (count, 6, 5, 1), np.uint8)
    return x + y.astype(np.uint8)[:, None, None, None] * 60, y


def saved(**names: int) -> None:
    """An archive in which names such as "x_train y_train" give so many pictures and one-hot rows."""
    arrays = {}
    for pair, count in names.items():
        x, y = pictures(count)
        arrays |= dict(zip(pair.split(), (x, np.eye(3)[y]), strict=True))
    np.savez("data.npz", **arrays)


def transposed(*names: str) -> None:
    """What the message says to do, done to these arrays."""
    with np.load("data.npz") as archive:
        arrays = dict(archive)
    np.savez("data.npz", **{n: a.transpose(0, 3, 1, 2) if n in names else a for n, a in arrays.items()})


@pytest.mark.parametrize("test", [{}, {"bilder_test arten_test": 6}])
def test_names_layout_and_labels_are_told_at_once(nnfs, test):
    saved(**{"bilder_train arten_train": 30}, **test)
    done = nnfs("check", "c.yaml")
    assert done.code == 3
    keys = re.search(r"Say it with dataset\.keys: (\{.*\})\.", done.err)[1]
    assert keys == "{x: bilder_train, y: arten_train}"
    last = re.findall(r"data\.npz: (\w+): shape .* has its channels last.* Save \1\.transpose\(0, 3, 1, 2\)", done.err)
    assert last == ["bilder_train", *(["bilder_test"] if test else [])]
    assert "data.npz: arten_train: holds one-hot rows (30, 3). Set dataset.task: classification" in done.err
    transposed(*last)
    options = ("--set", f"dataset.keys={keys}", "--set", "dataset.task=classification")
    assert nnfs("train", "c.yaml", "--name", "r", *options).code == 0
    if test:
        assert "6 test examples" in nnfs("evaluate", "r").out


def test_kind_and_layout_are_told_at_once(nnfs):
    x, y = pictures(30)
    dates = np.array(["2026-01-01", "2026-01-02", "2026-01-03"], "M8[D]")[y]
    np.savez("data.npz", x_train=x, y_train=dates, x_test=x, y_test=dates)
    done = nnfs("check", "c.yaml")
    assert (done.code, len(done.err.splitlines())) == (3, 4)
    for split in ("train", "test"):
        assert f"data.npz: x_{split}: shape (30, 6, 5, 1) has its channels last" in done.err
        assert f"data.npz: y_{split}: expected numbers, got datetime64[D]." in done.err
    words = np.array(["ant", "bee", "cat"])[y]
    np.savez("data.npz", x_train=x, y_train=words, x_test=x, y_test=words)
    transposed("x_train", "x_test")
    assert nnfs("train", "c.yaml").code == 0


@pytest.mark.parametrize("given", ["x_train.npy", "y_train.npy", "x_train.npz"])
def test_a_single_array_to_train_on(nnfs, given):
    x, y = pictures(30)
    for name, array in {"x_train": x[..., 0], "y_train": y}.items():
        np.save(f"{name}.npy", array)
    if given.endswith(".npz"):
        Path("x_train.npy").rename(given)
        Path("y_train.npy").rename("y_train.npz")
    done = nnfs("check", "c.yaml", "--set", f"dataset.train={given}")
    assert (done.code, "is one array, expected the examples and their answers. Give both: " in done.err) == (3, True)
    both = re.search(r"train: (\{.*\})\.", done.err)[1]
    assert nnfs("train", "c.yaml", "--set", f"dataset.train={both}").code == 0


def test_single_arrays_of_all_splits_are_told_at_once(nnfs):
    np.save("a.npy", np.ones((9, 2)))
    done = nnfs("check", "c.yaml", "--set", "dataset.train=a.npy", "--set", "dataset.test=a.npy")
    assert "train: {x: a.npy, y: ...}" in done.err
    assert "test: {x: a.npy, y: ...}" in done.err


def test_an_archive_in_the_place_of_an_array(nnfs):
    x, y = pictures(30)
    np.savez("data.npz", x=x[..., 0], y=y)
    done = nnfs("check", "c.yaml", "--set", "dataset.train={x: data.npz, y: y.npy}")
    np.save("y.npy", y)
    done = nnfs("check", "c.yaml", "--set", "dataset.train={x: data.npz, y: y.npy}")
    assert "data.npz: is a .npz file, expected a .npy file of one array. Give it alone, not as x or y." in done.err
    assert nnfs("check", "c.yaml").code == 0


@pytest.mark.parametrize("key", ["keys={x: inp, y: inp}", "train={x: inp.npy, y: inp.npy}"])
def test_one_array_for_both(nnfs, key):
    done = nnfs("check", "c.yaml", "--set", f"dataset.{key}")
    assert (done.code, "x and y are both inp" in done.err) == (2, True)


@pytest.mark.parametrize("y", [np.zeros((0,), int), np.int64(3), np.zeros((30, 2, 2, 2, 2))])
def test_answers_of_another_form(nnfs, y):
    np.savez("data.npz", x=pictures(30)[0][..., 0], y=y)
    done = nnfs("check", "c.yaml")
    assert done.code == 3
    assert re.search(r"data\.npz: y: .*\. Save (it in that shape|one answer for each example)\.", done.err)


@pytest.mark.parametrize(("one", "axes"), [(False, (0, 3, 1, 2)), (True, (2, 0, 1))])
def test_inputs_with_channels_last(nnfs, one, axes):
    x, y = pictures(30)
    np.savez("data.npz", x=x[..., 0], y=y)
    assert nnfs("train", "c.yaml", "--name", "r").code == 0
    last = x[0] if one else x
    np.save("last.npy", last)
    done = nnfs("predict", "r", "last.npy")
    fix = f"shape (6, 5, 1) has its channels last, expected (1, 6, 5). Save x.transpose{axes}."
    assert (done.code, fix in done.err) == (3, True)
    np.save("last.npy", last.transpose(axes))
    assert nnfs("predict", "r", "last.npy").code == 0


def test_a_bad_number_is_called_by_the_name_of_its_column(nnfs, runs):
    rows = np.zeros((3, 3))
    rows[1, 0], rows[2, 1] = np.nan, np.inf
    columns = nnfs("predict", "kinds", "table.csv")
    assert columns.code == 0
    np.save("rows.npy", rows)
    found = nnfs("predict", "kinds", "rows.npy").out
    assert "rows.npy[1]: column 'size': expected a finite number, got nan." in found
    assert "rows.npy[2]: column 'colour': expected a finite number, got inf." in found
