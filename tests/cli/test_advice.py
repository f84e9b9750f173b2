"""Advice: what a message says to do is done, and it works."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

CLASSES = """\
dataset: {type: npz, train: data.npz, validation: 0}
model: {layers: [{type: dense, units: 3}]}
loss: LOSS
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1, batch_size: 8, workers: 1}
"""
TABLE = """\
dataset: {type: csv, train: data.csv, target: y, validation: 0}
model: {layers: [{type: dense, units: UNITS}]}
loss: LOSS
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 1, batch_size: 8, workers: 1}
"""
X = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
Y = np.arange(30) % 3


def arrays(y: np.ndarray, loss: str = "cross_entropy") -> None:
    np.savez("data.npz", x=X, y=y)
    Path("c.yaml").write_text(CLASSES.replace("LOSS", loss))


def table(rows: str, loss: str = "cross_entropy", units: int = 2) -> None:
    Path("data.csv").write_text(rows)
    Path("c.yaml").write_text(TABLE.replace("LOSS", loss).replace("UNITS", str(units)))


def followed(nnfs, *options: str) -> None:
    """Training works with these options."""
    done = nnfs("train", "c.yaml", "--quiet", *(part for option in options for part in ("--set", option)))
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("y", "form", "said"),
    [
        (Y[:, None], "whole numbers from 0 to 2", "labels of shape (30, 1)"),
        (Y.astype(np.float32), "whole numbers from 0 to 2", "numbers of type float32"),
        (Y.astype(np.float32)[:, None], "whole numbers from 0 to 2", "numbers of type float32 of shape (30, 1)"),
        (np.eye(3)[Y], "one-hot rows (30, 3)", "one-hot rows (30, 3)"),
    ],
    ids=["a column", "floats", "a column of floats", "one-hot"],
)
def test_class_numbers_in_other_forms(nnfs, y, form, said):
    """They are classes where the loss and the outputs say so too, or the task; else what they could be is told."""
    arrays(y)
    done = nnfs("check", "c.yaml", "--set", "model.layers.0.units=4")
    assert (done.code, done.err) == (
        2,
        "c.yaml:3: loss (cross_entropy): does not fit npz, which has values to predict. "
        f"Its y holds {form}: set dataset.task: classification if they are classes, else loss: mse.\n",
    )
    told = f"warning: data.npz: its y holds {said}, taken for the classes 0, 1, 2\n"
    for options in ((), ("--set", "dataset.task=classification")):
        assert nnfs("check", "c.yaml", *options).err == told
    run = nnfs("train", "c.yaml", "--quiet").out.strip()
    assert "task: classification" in Path(run, "config.yaml").read_text()
    report = nnfs("evaluate", run, "--split", "train").out
    assert [line.split()[:2] for line in report.splitlines()[-3:]] == [[str(k), "10"] for k in range(3)]
    assert nnfs("train", "--resume", run, "--set", "training.epochs=2").code == 0
    followed(nnfs, "loss=mse", f"model.layers.0.units={y.reshape(30, -1).shape[1]}")
    refused = nnfs("check", "c.yaml", "--set", "dataset.task=regression")
    assert (refused.code, "does not fit npz, which has values to predict." in refused.err) == (2, True)


def test_values_that_are_no_classes_are_only_values(nnfs):
    arrays(X[:, 0].astype(float))
    assert nnfs("check", "c.yaml").err.endswith("which has values to predict. Use mse.\n")
    done = nnfs("check", "c.yaml", "--set", "dataset.task=classification")
    assert (done.code, "expected a class number" in done.err) == (3, True)
    arrays(X[:, :2])
    done = nnfs("check", "c.yaml", "--set", "dataset.task=classification")
    assert "y: got shape (30, 2), expected class numbers (N,), or rows with one 1 and 0 elsewhere" in done.err


def test_labels_that_begin_at_1(nnfs):
    arrays(Y + 1)
    done = nnfs("check", "c.yaml", "--set", "model.layers.0.units=4")
    assert done.err == (
        "c.yaml:2: model.layers[0] (dense): gives 4 outputs, but npz has 3 classes: '1', '2', '3'. "
        "Set its units to 3.\n"
    )
    assert "data.npz: its labels run from 1 to 3: these are the names of the classes" in nnfs("check", "c.yaml").err
    followed(nnfs)


def test_labels_that_begin_above_1(nnfs):
    arrays(Y + 2)
    done = nnfs("check", "c.yaml")
    assert done.err == (
        "c.yaml:2: model.layers[0] (dense): gives 3 outputs, but npz has 5 classes. "
        "Its labels run from 2 to 4, but classes are counted from 0. Save y - 2.\n"
    )
    arrays(Y)
    followed(nnfs)


def test_a_class_that_never_occurs_is_told_of_where_the_network_fits(nnfs):
    arrays(Y + 2)
    done = nnfs("check", "c.yaml", "--set", "model.layers.0.units=5")
    assert (done.code, "its labels run from 2 to 4" in done.err) == (0, True)


def test_labels_below_0(nnfs):
    arrays(Y - 1)
    done = nnfs("check", "c.yaml")
    assert (done.code, done.err) == (
        3,
        "data.npz: y: row 0: class -1, but classes are counted from 0. Save y + 1, or set dataset.task: regression.\n",
    )
    followed(nnfs, "dataset.task=regression", "loss=mse", "model.layers.0.units=1")


def test_words_that_became_classes_are_named(nnfs):
    table("x,y\n" + "1,yes\n2,no\n3,yes \n4,none\n5,no\n6,nan\n" * 3)
    done = nnfs("check", "c.yaml")
    assert "gives 2 outputs, but csv has 4 classes: 'no', 'none', 'yes', 'yes '. Set its units to 4." in done.err
    done = nnfs("check", "c.yaml", "--set", "model.layers.0.units=4")
    assert done.err.splitlines() == [
        "warning: data.csv: 3 of 18 rows have no answer in y: they are left out",
        "warning: target 'y': 'yes', 'yes ' are different classes, as written",
        "warning: target 'y': 'none' is a class. Remove its rows if it means that the answer is missing",
    ]
    done = nnfs("check", "c.yaml", "--set", "dataset.columns={y: {missing: category}}")
    assert "csv has 5 classes: 'nan', 'no', 'none', 'yes', 'yes '. Set its units to 5." in done.err
    followed(nnfs, "dataset.columns={y: {missing: category}}", "model.layers.0.units=5")


def test_one_class(nnfs):
    table("x,y\n" + "1,yes\n2,yes\n" * 5)
    done = nnfs("check", "c.yaml")
    assert (done.code, done.err) == (
        2,
        "c.yaml:1: dataset (csv): csv has one class, 'yes', so there is nothing to tell apart. "
        "Add examples of other classes, or choose another target.\n",
    )


def test_whole_numbers_that_are_values(nnfs):
    table("x,y\n" + "".join(f"{k},{k % 5}\n" for k in range(30)), "mse", 1)
    done = nnfs("check", "c.yaml")
    assert done.err == (
        "c.yaml:3: loss (mse): does not fit csv, which has classes. "
        "Set dataset.task: regression if its whole numbers are values, else loss: cross_entropy.\n"
    )
    followed(nnfs, "dataset.task=regression")
    followed(nnfs, "loss=cross_entropy", "model.layers.0.units=5")


def test_whole_numbers_that_are_classes(nnfs):
    table("x,y\n" + "".join(f"{k * k},{k % 26}\n" for k in range(49)), units=26)
    done = nnfs("check", "c.yaml")
    assert done.err == (
        "c.yaml:3: loss (cross_entropy): does not fit csv, which has values to predict. "
        "Set dataset.task: classification if its 26 whole numbers are classes, else loss: mse.\n"
    )
    followed(nnfs, "dataset.task=classification")
    followed(nnfs, "loss=mse", "model.layers.0.units=1")


def test_missing_cells_are_refused_where_that_is_asked_for(nnfs):
    table("a,b,c,d,y\n" + "".join(f"{k},{'' if k % 4 else k},,{'red ' * (k != 7)},{k % 2}\n" for k in range(12)))
    done = nnfs("check", "c.yaml")
    assert (done.code, done.err) == (
        0,
        "warning: data.csv: left out: c (empty in all 12 rows). dataset.columns: {c: {kind: category}} takes one in\n",
    )
    assert "examples of shape (4,)" in done.out, "a, b and whether it is missing, d as 0 or 1"
    followed(nnfs, "dataset.columns={c: {kind: category}}")
    rules = "dataset.columns={b: {missing: error}, c: {kind: ignore}, d: {missing: error, kind: category}}"
    done = nnfs("check", "c.yaml", "--set", rules)
    assert (done.code, done.err.splitlines()) == (
        3,
        [
            "data.csv:3: column 'b': expected a number, got an empty cell, the first of 9 such cells. "
            "Fix the cells or remove the rows.",
            "data.csv:9: column 'd': expected a word, got an empty cell. Fix the cell or remove the row.",
        ],
    )
    assert nnfs("train", "c.yaml", "--set", rules).err == done.err
    followed(nnfs, "dataset.columns={b: {kind: ignore}, c: {kind: ignore}, d: {missing: category}}")


@pytest.mark.parametrize("huge", ["1e39", "-inf", "9" * 40, "1" + "0" * 39 + ".5"])
@pytest.mark.parametrize("column", ["x", "y"])
def test_numbers_that_no_network_takes_are_seen_before_training(nnfs, huge, column):
    rows = [[f"{k / 7}", f"{k / 3}"] for k in range(12)]
    rows[4]["xy".index(column)] = huge
    table("x,y\n" + "".join(f"{x},{y}\n" for x, y in rows), "mse", 1)
    done = nnfs("check", "c.yaml")
    assert (done.code, done.err) == (
        3,
        f"data.csv:6: column '{column}': expected a finite number, got '{huge}'. Fix the cell or remove the row.\n",
    )
    del rows[4]
    table("x,y\n" + "".join(f"{x},{y}\n" for x, y in rows), "mse", 1)
    followed(nnfs)


def test_missing_answers(nnfs):
    table("x,y\n1,yes\n2,\n3,no\n4,\n")
    done = nnfs("check", "c.yaml")
    assert (done.code, done.err) == (0, "warning: data.csv: 2 of 4 rows have no answer in y: they are left out\n")
    table("x,y\n1,yes\n2,\n3,no\n")
    assert nnfs("check", "c.yaml").err == "warning: data.csv: 1 of 3 rows has no answer in y: it is left out\n"
    trained = nnfs("train", "c.yaml", "--json", "--quiet")
    assert trained.err == "warning: data.csv: 1 of 3 rows has no answer in y: it is left out\n"
    assert json.loads(nnfs("evaluate", "c-1", "--split", "train", "--json").out)["examples"] == 2
    table("x,y\n1,\n2,\n")
    done = nnfs("check", "c.yaml")
    assert (
        done.code,
        "target y: expected up to 1,000 words or whole numbers as classes, got no answer" in done.err,
    ) == (
        3,
        True,
    )


@pytest.mark.parametrize(
    ("options", "fix"),
    [
        (["dataset.target=2021"], []),
        (["dataset.target='2021'", "dataset.drop=[2020]"], ["dataset.target='2021'", "dataset.drop=['2020']"]),
    ],
)
def test_columns_called_like_numbers(nnfs, options, fix):
    table("2020,x,2021\n" + "1,2,yes\n3,4,no\n" * 5)
    done = nnfs("check", "c.yaml", *(part for option in options for part in ("--set", option)))
    assert (done.code, "Write names in quotes: ['2020']." in done.err) == ((2, True) if fix else (0, False))
    followed(nnfs, *(fix or options))


def test_a_name_in_another_case(nnfs):
    table("X,Y\n" + "1,yes\n3,no\n" * 5)
    assert nnfs("check", "c.yaml").err == "data.csv: has no column y, the target. Did you mean 'Y'? There are: X, Y.\n"
    followed(nnfs, "dataset.target=Y")


def test_a_share_of_1(nnfs):
    table("x,y\n" + "1,yes\n2,no\n" * 5)
    done = nnfs("check", "c.yaml", "--set", "dataset.validation=1.0")
    assert (done.code, "got 1.0. A share is below 1, a count is a whole number." in done.err) == (2, True)
    followed(nnfs, "dataset.validation=0.5")


def test_a_layer_for_images_on_a_table(nnfs):
    table("x,y\n" + "1,yes\n2,no\n" * 5)
    layers = "model.layers=[{type: conv2d, filters: 2, kernel_size: 3}, flatten, {type: dense, units: 2}]"
    assert "for rows of a table use dense layers." in nnfs("check", "c.yaml", "--set", layers).err
    followed(nnfs)
