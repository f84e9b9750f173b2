"""Data with hardly anything in it: an error, or the documented behaviour, and never "0 steps, success"."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.samples import write_pictures
from tests.fault_table.setting import configure, features, kinds, labels, pictures, table, write_fashion, write_npz

CSV = {"type": "csv", "train": "t.csv", "target": "kind"}
IMAGES = {"type": "images", "train": "pictures", "size": 5}
NPZ = {"type": "npz", "train": "t.npz"}
FASHION = {"type": "fashion_mnist"}


def write_table(rows: list[str], name: str = "t.csv") -> None:
    Path(name).write_text(table(rows))


def write_class(name: str, count: int) -> None:
    Path("pictures", name).mkdir(parents=True)
    for number in range(count):
        Image.new("L", (5, 5), 9 * number).save(Path("pictures", name, f"{number}.png"))


EMPTY = {
    "npz": (NPZ, 3, lambda: write_npz(x=features(0), y=labels(0)), "t.npz: y: holds no answers, shape (0,)."),
    "npz of values": (
        {**NPZ, "task": "regression"},
        3,
        lambda: write_npz(x=features(0), y=np.zeros((0, 3))),
        "t.npz: y: holds no answers, shape (0, 3). Save one answer for each example.",
    ),
    "csv": (CSV, 3, lambda: Path("t.csv").touch(), "t.csv: is empty. Expected a header"),
    "csv of blank lines": (CSV, 3, lambda: Path("t.csv").write_text("\n\n\n"), "t.csv: is empty. Expected a header"),
    "csv with a header": (CSV, 3, lambda: write_table([]), "t.csv: has a header and no rows. Add some."),
    "images": (IMAGES, 1, lambda: Path("pictures").mkdir(), "pictures: holds no folders."),
    "images of a class": (IMAGES, 1, lambda: write_class("cat", 0), "pictures/cat: holds no pictures."),
    "idx": (FASHION, 10, lambda: write_fashion(*pictures(0)), "fashion_mnist: train: holds no examples. Add some."),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_empty_data(refused, kind):
    """empty data, one sample, one class, constant feature, empty validation split, batch larger than the data"""
    dataset, outputs, write, said = EMPTY[kind]
    write()
    configure(dataset, outputs, "mse" if "values" in kind else "cross_entropy")
    refused(3, said, "train", "x.yaml")


ONE_SAMPLE = {
    "npz": (NPZ, lambda: write_npz(x=features(1), y=labels(1)), 1),
    "csv": (CSV, lambda: write_table(kinds(1)), 1),
    "images": (IMAGES, lambda: write_class("cat", 1), 1),
}


@pytest.mark.parametrize("kind", ONE_SAMPLE)
def test_one_sample(refused, kind):
    """one sample"""
    dataset, write, outputs = ONE_SAMPLE[kind]
    write()
    configure(dataset, outputs)
    refused(3, "validation: 1 example asked of 1. Ask for fewer, so that some are left.", "train", "x.yaml")
    configure({**dataset, "validation": 0}, outputs)
    refused(3, "train: the only example is of class", "train", "x.yaml")


def test_one_sample_of_values_is_learned(nnfs):
    """one sample: with nothing held out, one row of values is a batch of its own"""
    write_npz(x=features(1), y=np.ones((1, 1)))
    configure({**NPZ, "validation": 0}, 1, "mse")
    answer = json.loads(nnfs("train", "x.yaml", "--json").out)
    assert (answer["steps"], answer["epochs"]) == (2, 2)
    assert math.isfinite(answer["best"])


def test_one_sample_to_test_with(nnfs):
    """one sample: a measure that one example does not have is left empty"""
    write_npz(y=np.ones((24, 1)))
    write_npz("u.npz", x=features(1), y=np.ones((1, 1)))
    configure({**NPZ, "test": "u.npz"}, 1, "mse")
    assert nnfs("train", "x.yaml", "--quiet").code == 0
    done = nnfs("evaluate", "x-1", "--json")
    assert done.code == 0
    assert json.loads(done.out)["r2"] is None


ONE_CLASS = {
    "npz": (NPZ, lambda: write_npz(y=np.zeros(24, int)), 1, "train: all 21 examples are of class '0'"),
    "csv": (
        CSV,
        lambda: write_table([f"{row},1,cat" for row in range(24)]),
        1,
        "train: all 21 examples are of class 'cat'",
    ),
    "images": (IMAGES, lambda: write_class("cat", 24), 1, "train: all 21 examples are of class 'cat'"),
    "idx": (
        FASHION,
        lambda: write_fashion(pictures()[0], np.full(24, 4, np.uint8)),
        10,
        "train: all 21 examples are of class 'Coat'",
    ),
}


@pytest.mark.parametrize("kind", ONE_CLASS)
def test_one_class(refused, kind):
    """one class"""
    dataset, write, outputs, said = ONE_CLASS[kind]
    write()
    configure({**dataset, "validation": 3}, outputs)
    refused(3, said, "train", "x.yaml")
    refused(3, said, "lr-find", "x.yaml")


def test_one_class_among_those_that_limit_leaves(refused):
    """one class"""
    write_npz(y=np.repeat([0, 1, 2], 8))
    configure({**NPZ, "limit": 8, "validation": 0})
    refused(
        3, "all 8 examples are of class '0', expected two classes or more. dataset.limit: 8 leaves", "train", "x.yaml"
    )


CONSTANT = {
    "csv": (CSV, lambda: write_table([f"7,{row % 5},{('cat', 'dog', 'owl')[row % 3]}" for row in range(24)]), 3),
    "npz": (NPZ, lambda: write_npz(x=np.full((24, 2), 3e-5, np.float32)), 3),
    "large numbers": (NPZ, lambda: write_npz(x=np.full((24, 2), 3e38, np.float32)), 3),
    "images": (IMAGES, lambda: write_class("cat", 1) or write_class("dog", 1), 2),
}


@pytest.mark.parametrize("kind", CONSTANT)
def test_constant_feature(nnfs, kind):
    """constant feature: it is shifted to 0 and not divided by 0"""
    dataset, write, outputs = CONSTANT[kind]
    write()
    configure({**dataset, "validation": 0}, outputs)
    done = nnfs("train", "x.yaml", "--json", "--quiet")
    said = "t.csv: left out: a (the same in every row). dataset.columns: {a: {kind: number}} takes one in"
    assert (done.code, done.err) == (0, f"warning: {said}\n" if kind == "csv" else "")
    assert math.isfinite(json.loads(done.out)["best"])
    if kind == "csv":
        taken_in = nnfs("train", "x.yaml", "--json", "--quiet", "--set", "dataset.columns={a: {kind: number}}")
        assert (taken_in.code, taken_in.err) == (0, "")


EMPTY_VALIDATION = {
    "npz": (
        {**NPZ, "validation": "v.npz"},
        lambda: write_npz() or write_npz("v.npz", features(0), labels(0)),
        "v.npz: ",
    ),
    "csv": (
        {**CSV, "validation": "v.csv"},
        lambda: write_table(kinds()) or write_table([], "v.csv"),
        "v.csv: has a header and no rows. Add some.",
    ),
    "images": (
        {**IMAGES, "validation": "v"},
        lambda: write_pictures(Path("pictures"), 4) or Path("v").mkdir(),
        "v: holds no folders.",
    ),
}


@pytest.mark.parametrize("kind", EMPTY_VALIDATION)
def test_empty_validation_split(refused, kind):
    """empty validation split"""
    dataset, write, said = EMPTY_VALIDATION[kind]
    write()
    configure(dataset, 2 if kind == "images" else 3)
    refused(3, said, "train", "x.yaml")


def test_empty_validation_split_by_wish(nnfs):
    """empty validation split: with `validation: 0` the loss on the training examples says which epoch was the best"""
    write_npz()
    configure({**NPZ, "validation": 0})
    answer = json.loads(nnfs("train", "x.yaml", "--json").out)
    assert answer["steps"] == 6
    summary = json.loads(Path("runs/x-1/summary.json").read_text())
    assert summary["best"]["val_loss"] is None
    assert math.isfinite(summary["best"]["train_loss"])
    assert Path("runs/x-1/checkpoints/best.safetensors").exists()


def test_a_share_too_small_for_an_example_holds_out_one(nnfs):
    """empty validation split: a share is never rounded to nothing"""
    write_npz()
    configure({**NPZ, "validation": 0.001})
    assert nnfs("train", "x.yaml", "--quiet").code == 0
    assert json.loads(nnfs("evaluate", "x-1", "--split", "validation", "--json").out)["examples"] == 1


def test_a_validation_split_that_takes_everything(refused):
    """empty validation split ...: nor may it leave nothing to train on"""
    write_npz()
    for count in (24, 25, 10**9):
        configure({**NPZ, "validation": count})
        refused(3, f"validation: {count:,} examples asked of 24. Ask for fewer", "train", "x.yaml")


@pytest.mark.parametrize("drop_last", ["true", "false"])
def test_batch_larger_than_the_data(nnfs, drop_last):
    """batch larger than the data: all examples are one batch, whether the last one is dropped or not"""
    write_npz()
    configure({**NPZ, "validation": 0})
    options = ["--set", "training.batch_size=100000", "--set", f"training.drop_last={drop_last}"]
    answer = json.loads(nnfs("train", "x.yaml", "--json", *options).out)
    assert (answer["steps"], answer["epochs"], answer["status"]) == (2, 2, "completed")
    rows = Path("runs/x-1/metrics.csv").read_text().splitlines()
    assert len(rows) == 3
    assert nnfs("lr-find", "x.yaml", "--steps", "20", *options).code in (0, 5)
    assert len(Path("runs/x-lr-find-1/lr_find.csv").read_text().splitlines()) == 21
