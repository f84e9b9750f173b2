"""Numbers and answers that nothing can be learned from, in every kind of file, found before training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.data.samples import cifar_records, write_cifar
from tests.fault_table.setting import (
    changed,
    configure,
    features,
    kinds,
    labels,
    pictures,
    table,
    write_fashion,
    write_npz,
)

NPZ = {"type": "npz", "train": "t.npz"}
NOT_FINITE = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


@pytest.mark.parametrize("word", NOT_FINITE)
def test_nan_or_inf_in_features_of_arrays(refused, word):
    """NaN or Inf in features"""
    bad = changed(features(), (7, 1), NOT_FINITE[word])
    write_npz(x=bad)
    configure(NPZ)
    said = f"example 7, feature 1: expected a finite number, got {word}. Replace such numbers"
    refused(3, f"t.npz: train: {said}", "train", "x.yaml")
    refused(3, f"t.npz: train: {said}", "lr-find", "x.yaml")
    write_npz("good.npz")
    configure({**NPZ, "train": "good.npz", "test": "t.npz"})
    refused(3, f"t.npz: test: {said}", "train", "x.yaml")
    configure({**NPZ, "train": "good.npz", "validation": "t.npz"})
    refused(3, f"t.npz: validation: {said}", "train", "x.yaml")
    np.save("x.npy", bad)
    np.save("y.npy", labels())
    configure({"type": "npz", "train": {"x": "x.npy", "y": "y.npy"}})
    refused(3, f"x.npy, y.npy: train: {said}", "train", "x.yaml")


def test_nan_or_inf_in_features_of_images(refused):
    """NaN or Inf in features"""
    write_npz(x=changed(np.zeros((24, 3, 4, 5), np.float32), (9, 2, 3, 4), np.nan))
    configure(NPZ)
    refused(3, "t.npz: train: example 9, pixel (2, 3, 4): expected a finite number, got nan", "train", "x.yaml")
    images, answers = pictures()
    write_fashion(changed(images.astype(">f4"), (5, 6, 7), np.inf), answers, kinds=(0x0D, 0x08))
    configure({"type": "fashion_mnist"}, outputs=10)
    refused(3, "fashion_mnist: train: example 5, pixel (0, 6, 7): expected a finite", "train", "x.yaml")


@pytest.mark.parametrize("word", ["inf", "-inf", "1e39"])
def test_nan_or_inf_in_features_of_tables(refused, word):
    """NaN or Inf in features"""
    rows = kinds()
    rows[7] = f"0.5,{word},cat"
    Path("t.csv").write_text(table(rows))
    configure({"type": "csv", "train": "t.csv", "target": "kind"})
    refused(3, f"t.csv:9: column 'b': expected a finite number, got '{word}'", "train", "x.yaml")


@pytest.mark.parametrize("word", ["nan", "NaN"])
def test_nan_in_features_of_tables_is_a_missing_number(nnfs, word):
    """NaN or Inf in features: in a table it says that nothing is known, which is a feature of its own"""
    rows = kinds()
    rows[7] = f"0.5,{word},cat"
    Path("t.csv").write_text(table(rows))
    configure({"type": "csv", "train": "t.csv", "target": "kind"})
    done = nnfs("train", "x.yaml", "--quiet")
    assert (done.code, "examples of shape (3,)" in nnfs("check", "x.yaml").out) == (0, True)


@pytest.mark.parametrize("word", NOT_FINITE)
def test_nan_or_inf_in_values_to_predict(refused, word):
    """NaN or Inf in features; labels (here: values to predict)"""
    write_npz(y=changed(np.zeros((24, 2), np.float32), (6, 1), NOT_FINITE[word]))
    configure(NPZ, outputs=2, loss="mse")
    refused(3, f"t.npz: train: example 6, output 1: expected a finite number, got {word}", "train", "x.yaml")


ARRAYS = {
    "negative": (changed(labels(), 5, -1), "t.npz: y: row 5: class -1, but classes are counted from 0. Save y + 1"),
    "fractional": (changed(labels() * 1.0, 5, 0.5), "t.npz: y: row 5: expected a class number, got 0.5."),
    "nan": (changed(labels() * 1.0, 5, np.nan), "t.npz: y: row 5: expected a class number, got nan."),
    "empty words": (changed(np.array(["cat", "dog", "owl"])[labels()], 5, ""), "t.npz: y: row 5: has no label."),
    "far out of range": (changed(labels(), 5, 250_000), "t.npz: y: row 5: class 250,000 is beyond 10,000 classes."),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_labels_negative_out_of_range_fractional_words_in_arrays(refused, kind):
    """labels negative, out of range, fractional, empty words"""
    y, said = ARRAYS[kind]
    write_npz(y=y)
    configure({**NPZ, "task": "classification"})
    refused(3, said, "train", "x.yaml")
    np.save("x.npy", features())
    np.save("y.npy", y)
    configure({"type": "npz", "train": {"x": "x.npy", "y": "y.npy"}, "task": "classification"})
    refused(3, said.replace("t.npz: y", "y.npy: y"), "train", "x.yaml")


def test_labels_out_of_range_in_other_splits(refused):
    """labels negative, out of range, fractional, words"""
    write_npz()
    write_npz("u.npz", y=changed(labels(), 4, 3))
    for split in ("test", "validation"):
        configure({**NPZ, split: "u.npz"})
        said = f"u.npz: {split}: example 4: expected a label from 0 to 2, got 3. Correct it"
        refused(3, said, "train", "x.yaml")


IDX = {
    "out of range": (np.uint8, 0x08, 12, "example 5: expected a label from 0 to 9, got 12"),
    "negative": (np.int8, 0x09, -1, "example 5: expected a label from 0 to 9, got -1"),
    "fractional": (">f4", 0x0D, 0.5, "0.5"),
    "nan": (">f4", 0x0D, np.nan, "nan"),
}


@pytest.mark.parametrize("kind", IDX)
def test_labels_negative_out_of_range_fractional_in_idx_files(refused, kind):
    """labels negative, out of range, fractional, words"""
    dtype, code, value, said = IDX[kind]
    images, answers = pictures()
    write_fashion(images, changed(answers.astype(dtype), 5, value), kinds=(0x08, code))
    configure({"type": "fashion_mnist"}, outputs=10)
    assert "fashion_mnist" in refused(3, said, "train", "x.yaml")


def test_labels_out_of_range_in_cifar10(refused):
    """labels negative, out of range, fractional, words"""
    write_cifar(Path("data/cifar10"))
    records = bytearray(cifar_records(10, 1))
    records[3 * 3073] = 200
    Path("data/cifar10/data_batch_1.bin").write_bytes(records)
    configure({"type": "cifar10"}, outputs=10)
    refused(3, "cifar10: train: example 3: expected a label from 0 to 9, got 200", "train", "x.yaml")


def test_labels_fractional_or_unknown_words_in_tables(refused):
    """labels negative, out of range, fractional, words"""
    Path("t.csv").write_text(table([f"{row},{row % 5},{row / 2}" for row in range(24)]))
    data = {"type": "csv", "train": "t.csv", "target": "kind"}
    configure({**data, "task": "classification"})
    refused(3, "t.csv: target kind: expected up to 1,000 words or whole numbers as classes", "train", "x.yaml")
    Path("t.csv").write_text(table(kinds()))
    Path("u.csv").write_text(table(["1,2,cat", "3,4,emu"]))
    configure({**data, "test": "u.csv"})
    refused(3, "u.csv:3: column 'kind': expected one of cat, dog, owl, got 'emu'", "train", "x.yaml")


def test_labels_in_tables_may_be_negative_or_words(nnfs):
    """labels negative ...: in a table, -1 and "cat" are names of classes like any other"""
    Path("t.csv").write_text(table([f"{row},{row % 5},{(-1, 1)[row % 2]}" for row in range(24)]))
    configure({"type": "csv", "train": "t.csv", "target": "kind"}, outputs=2)
    assert nnfs("train", "x.yaml", "--quiet").code == 0
