"""training.metrics and monitors: what is measured, in which columns, and what cannot be."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.registry import METRICS

OF_CLASSES = [name for name, kind in METRICS.items() if kind.takes_classes]
OF_VALUES = [name for name in METRICS if name not in OF_CLASSES]
RANKED = ("roc_auc", "average_precision")
CLASSES = """\
dataset: {type: npz, train: classes.npz, validation: 0.5}
model: {layers: [{type: dense, units: 8}, relu, {type: dense, units: 7}]}
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, batch_size: 64}
"""
VALUES = """\
dataset: {type: npz, train: values.npz, validation: 0.5}
model: {layers: [{type: dense, units: 8}, relu, {type: dense, units: 2}]}
loss: mse
optimizer: {type: adam, lr: 1e-2}
training: {epochs: 2, batch_size: 64}
"""


@pytest.fixture(autouse=True)
def data() -> None:
    """Examples of 7 classes and of 2 values, more than a network takes at once to measure."""
    x = np.random.default_rng(0).normal(size=(1200, 8))
    np.savez("classes.npz", x=x, y=x[:, :7].argmax(axis=1))
    np.savez("values.npz", x=x, y=x[:, :2] * [60, 1e-3] + [290, 0.5] + x[:, 2:4] * [6, 1e-4])
    Path("classes.yaml").write_text(CLASSES)
    Path("values.yaml").write_text(VALUES)


def table(run: str) -> list[dict[str, float | None]]:
    rows = csv.DictReader(Path("runs", run, "metrics.csv").read_text().splitlines())
    return [{name: float(cell) if cell else None for name, cell in row.items()} for row in rows]


def measured_by(*names: str) -> tuple[str, str]:
    return "--set", f"training.metrics=[{', '.join(names)}]"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("task", "names"), [("classes", OF_CLASSES), ("values", OF_VALUES)])
def test_every_metric_is_measured_as_evaluate_measures_it(nnfs, task, names, workers):
    """Of weights that stay as they were drawn, so that the batches of the training say the same as the whole."""
    options = (*measured_by(*names), "--workers", workers, "--set", "optimizer.lr=1e-30")
    assert nnfs("train", f"{task}.yaml", "--name", "run", "--quiet", *options).code == 0
    best = json.loads(Path("runs/run/summary.json").read_text())["best"]
    report = json.loads(nnfs("evaluate", "run", "--split", "validation", "--json").out)
    assert {name: report[name] for name in names} == pytest.approx(
        {name: best[f"val_{name}"] for name in names}, rel=1e-5
    )
    whole, row = json.loads(nnfs("evaluate", "run", "--split", "train", "--json").out), table("run")[-1]
    assert [name for name in names if row[f"train_{name}"] is None] == [name for name in names if name in RANKED]
    for name in set(names) - {*RANKED}:
        assert row[f"train_{name}"] == pytest.approx(whole[name], rel=1e-5), name


def test_the_columns_are_those_that_were_chosen_and_what_is_monitored(nnfs):
    options = (*measured_by("macro_f1", "accuracy"), "--set", "training.monitor=val_roc_auc")
    stopping = ("--set", "training.early_stopping={monitor: val_log_loss, patience: 1}")
    said = json.loads(nnfs("train", "classes.yaml", "--name", "run", *options, *stopping, "--json").out)
    names = ("loss", "macro_f1", "accuracy", "roc_auc", "log_loss")
    assert list(table("run")[0])[2:-4] == [f"{split}_{name}" for name in names for split in ("train", "val")]
    best = max(table("run"), key=lambda row: row["val_roc_auc"])
    assert (said["monitor"], said["best"]) == ("val_roc_auc", best["val_roc_auc"])
    assert said["best_epoch"] == best["epoch"]


def test_nothing_but_the_loss(nnfs):
    done = nnfs("train", "classes.yaml", "--name", "run", *measured_by())
    assert done.code == 0
    assert list(table("run")[0])[2:-4] == ["train_loss", "val_loss"]
    (head,) = (line for line in done.err.splitlines() if line.lstrip().startswith("epoch "))
    assert head.split() == ["epoch", "train", "loss", "val", "loss", "lr", "samples/s"]


@pytest.mark.parametrize(
    ("options", "short"),
    [
        (["macro_f1", "accuracy"], "acc"),
        (["macro_f1", "log_loss"], "F1"),
        (["accuracy", "roc_auc", "training.monitor=val_matthews"], "MCC"),
    ],
)
def test_the_table_of_epochs_shows_what_is_monitored_or_usual_or_first(nnfs, options, short):
    monitor = [word for option in options if "=" in option for word in ("--set", option)]
    names = [option for option in options if "=" not in option]
    done = nnfs("train", "classes.yaml", "--name", "run", *measured_by(*names), *monitor)
    assert f"val {short} " in done.err


def test_what_is_measured_cannot_change_in_a_resumed_training(nnfs):
    nnfs("train", "classes.yaml", "--name", "run")
    done = nnfs("train", "--resume", "run", *measured_by("macro_f1"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("--set training.metrics=…: cannot change in a resumed training.")


WRONG = {
    "training.metrics=[r2]": (
        "training.metrics: r2 is a metric of values, and classes are predicted. Choose among accuracy, "
        "average_precision, balanced_accuracy, log_loss, macro_f1, matthews, roc_auc, top_5."
    ),
    "training.metrics=[accuracy, accuracy]": "training.metrics: names accuracy more than once. Leave one out.",
    "training.monitor=train_roc_auc": (
        "training.monitor: roc_auc is not measured on the batches of a training, over which it does not add up. "
        "Use val_roc_auc."
    ),
    "training.early_stopping={monitor: val_mae}": (
        "training.early_stopping.monitor: mae is a metric of values, and classes are predicted. Choose among accuracy, "
        "average_precision, balanced_accuracy, log_loss, macro_f1, matthews, roc_auc, top_5. Write val_ before it, or "
        "use val_loss."
    ),
}


@pytest.mark.parametrize("option", WRONG)
def test_what_cannot_be_measured_is_said_with_what_can(nnfs, option):
    done = nnfs("check", "classes.yaml", "--set", option)
    assert (done.code, done.out, done.err) == (2, "", f"--set {option}: {WRONG[option]}\n")


@pytest.mark.parametrize("option", ["training.monitor=val_roc_auc", "training.metrics=[average_precision]"])
def test_a_ranking_needs_examples_that_are_held_out(nnfs, option):
    done = nnfs("train", "classes.yaml", "--set", option, "--set", "dataset.validation=0")
    key, name = option.split("=")[0], option.split("=")[1].strip("[]").removeprefix("val_")
    assert done.code == 2
    assert f"{key}: {name} is measured on the validation split alone, and there is none. Hold examples out" in done.err
    assert not Path("runs").exists()


def test_five_classes_are_too_few_for_the_five_likeliest(nnfs):
    x = np.random.default_rng(0).normal(size=(60, 5))
    np.savez("classes.npz", x=x, y=x.argmax(axis=1))
    done = nnfs("check", "classes.yaml", "--set", "model.layers.2.units=5", *measured_by("top_5"))
    assert done.code == 2
    assert "top_5 takes at least 6 classes, there are 5. Choose among accuracy, " in done.err


def test_one_class_alone_has_no_area_and_no_best_checkpoint_by_it(nnfs):
    """The validation split holds one class of two."""
    x = np.random.default_rng(0).normal(size=(40, 8))
    np.savez("classes.npz", x=x, y=np.arange(40) % 2)
    np.savez("held.npz", x=x[:9], y=np.ones(9, int))
    options = ("dataset.validation=held.npz", "model.layers.2.units=2", "training.monitor=val_roc_auc")
    done = nnfs("train", "classes.yaml", "--name", "run", *(word for option in options for word in ("--set", option)))
    assert done.code == 0
    assert "val_roc_auc was not defined in any epoch" in done.err
    assert [row["val_roc_auc"] for row in table("run")] == [None, None]
    report = json.loads(nnfs("evaluate", "run", "--split", "validation", "--json").out)
    assert (report["roc_auc"], report["matthews"], report["average_precision"]) == (None, 0.0, 1.0)
    assert not Path("runs/run/roc-validation.png").exists()
    assert Path("runs/run/calibration-validation.png").exists()
