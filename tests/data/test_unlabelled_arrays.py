"""Examples that are their own answers: which arrays of a file they are, in every split, and what they weigh."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nnfs_cli.data.preparation import measured
from nnfs_cli.data.sources.unlabelled import Unlabelled
from nnfs_cli.errors import DataError


@pytest.fixture(autouse=True)
def data_folder(locator):
    locator.data_dir.mkdir(parents=True, exist_ok=True)


def source(train="d.npz", **more) -> Unlabelled:
    return Unlabelled(train, task="reconstruction", **more)


def save(folder, names: str) -> dict[str, np.ndarray]:
    """A file of arrays with these names, each with other numbers."""
    arrays = {name: np.full((4 + k, 3), k, np.float64) for k, name in enumerate(names.split())}
    np.savez(folder / "d.npz", **arrays)
    return arrays


@pytest.mark.parametrize(
    ("names", "key", "taken"),
    [
        ("faces", None, {"train": "faces"}),
        ("x data", None, {"train": "x"}),
        ("x_train x_test", None, {"train": "x_train", "test": "x_test"}),
        ("train_x valid_x", None, {"train": "train_x", "validation": "valid_x"}),
        ("data data_val ids", None, {"train": "data", "validation": "data_val"}),
        ("x_train y_train x_test y_test", None, {"train": "x_train", "test": "x_test"}),
        ("images labels data", None, {"train": "images"}),
        ("X y Y", None, {"train": "X"}),
        ("x x_test y_test x_val y_val faces", "faces", {"train": "faces"}),
        (
            "images images_test images_val",
            "images",
            {"train": "images", "validation": "images_val", "test": "images_test"},
        ),
        ("faces test_faces", "faces", {"train": "faces", "test": "test_faces"}),
        ("x_train val_x val_y x_test", "x_train", {"train": "x_train", "test": "x_test"}),
        ("train_faces test_faces others", "train_faces", {"train": "train_faces", "test": "test_faces"}),
        ("x faces", "faces", {"train": "faces"}),
    ],
)
def test_which_arrays_are_taken(locator, names, key, taken):
    arrays, said = save(locator.data_dir, names), []
    data = source(keys=key and {"x": key})
    loaded = data.load(dataclasses.replace(locator, say=said.append))
    assert list(loaded.splits) == list(taken)
    for split, name in taken.items():
        np.testing.assert_array_equal(loaded.splits[split].x, arrays[name])
        assert data.has_own(split, locator)
    assert data.sizes(locator, loaded.spec).examples == {split: len(arrays[name]) for split, name in taken.items()}
    told = {split: name for split, name in taken.items() if name not in ("x", key)}
    file = locator.data_dir / "d.npz"
    assert said == [f"{file}: {name} is taken for the {split} split" for split, name in told.items()]
    for split in {"validation", "test"} - taken.keys():
        assert not data.has_own(split, locator)


@pytest.mark.parametrize(
    ("names", "key", "message"),
    [
        ("faces others", None, r"which array holds the examples\? It holds faces \(4, 3\), others \(5, 3\)\. Say it"),
        ("images data", None, r"It holds images .* Say it with dataset\.keys: {x: \.\.\.}\."),
        ("faces others", "face", r"has no array face\. It holds faces \(4, 3\), .* Correct dataset\.keys\."),
    ],
)  # fmt: skip
def test_what_is_asked(locator, names, key, message):
    save(locator.data_dir, names)
    with pytest.raises(DataError, match=message):
        source(keys=key and {"x": key}).spec(locator)


def test_two_arrays_that_could_be_the_test_split_are_none(locator):
    save(locator.data_dir, "x x_test data_test")
    assert list(source().load(locator).splits) == ["train"]


@pytest.mark.parametrize("test", ["other.npz", {"x": "other.npy"}])
def test_a_file_for_the_test_split_comes_before_arrays_beside(locator, test):
    save(locator.data_dir, "x_train x_test")
    other = np.arange(6.0).reshape(2, 3)
    np.savez(locator.data_dir / "other.npz", x_test=other)
    np.save(locator.data_dir / "other.npy", other)
    data = source(test=test)
    loaded = data.load(locator)
    assert list(loaded.splits) == ["train", "test"]
    np.testing.assert_array_equal(loaded.splits["test"].x, other)
    (locator.data_dir / "d.npz").unlink()
    known = measured(loaded.spec.reconstructed(), loaded.splits["train"], standardize=True, transform="standardize")
    (only,) = data.load(locator, known=known, only="test").splits.values()
    np.testing.assert_array_equal(only.x, other)


def test_weights_are_read_and_a_wrong_name_of_them_is_told(locator):
    x, weight = np.arange(12.0).reshape(4, 3), np.array([0.0, 1.0, 2.0, 5.0])
    np.savez(locator.data_dir / "d.npz", faces=x, w=weight, x_test=x)
    data = source(keys={"x": "faces", "weight": "w"})
    loaded = data.load(locator)
    assert list(loaded.splits) == ["train"]
    np.testing.assert_array_equal(loaded.splits["train"].weight, weight)
    assert data.sizes(locator, loaded.spec).weighted
    wrong = source(keys={"x": "faces", "weight": "v"})
    with pytest.raises(DataError, match=r"has no array v\. Correct dataset\.keys\."):
        wrong.load(locator)
