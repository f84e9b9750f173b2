"""Configurations that name files, target and layers alone: the loss, the rate and the length of the training follow."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml

from nnfs_cli.config import load
from tests.cli.cross_validations import weights, write_flowers

SHORT = """\
dataset: {type: csv, train: flowers.csv, target: %s, drop: [plot, count]}
model: {layers: [{type: dense, units: 6}, relu, {type: dense, units: auto}]}
"""
ONE_STEP = ("--set", "training.max_steps=1", "--quiet")


def settled(run: str) -> dict:
    return yaml.safe_load(Path(run, "config.yaml").read_text())


def write(target: str, text: str = SHORT) -> None:
    write_flowers()
    Path("short.yaml").write_text(text % target)


@pytest.mark.parametrize(("target", "loss", "units"), [("kind", "cross_entropy", 3), ("price", "mse", 1)])
def test_the_same_bytes_as_with_everything_said(nnfs, target, loss, units):
    write(target)
    assert nnfs("train", "short.yaml", "--name", "short", "--quiet").code == 0
    rest = f"""\
loss: {loss}
optimizer: {{type: adam, weight_decay: 1e-3}}
scheduler: {{type: one_cycle, max_lr: 3e-3}}
training: {{epochs: 100}}
"""
    Path("long.yaml").write_text((SHORT % target).replace("auto", str(units)) + rest)
    assert nnfs("train", "long.yaml", "--name", "long", "--quiet").code == 0
    assert weights(Path("runs/short")) == weights(Path("runs/long"))
    assert settled("runs/short") == settled("runs/long")
    assert settled("runs/short")["training"]["epochs"] == 100


@pytest.mark.parametrize(
    ("rows", "options", "epochs"),
    [
        (2000, (), 54),
        (2000, ("dataset.validation=0",), 48),
        (2000, ("dataset.limit=1000", "training.batch_size=16"), 54),
        (2000, ("training.batch_size=64",), 100),
        (25000, (), 5),
        (2000, ("training.epochs=7",), 7),
    ],
)
def test_as_many_epochs_as_make_3000_steps(nnfs, rows, options, epochs):
    write_flowers(rows=rows)
    Path("short.yaml").write_text(SHORT % "kind" + "training: {epochs: auto}\n")
    done = nnfs("train", "short.yaml", "--name", "run", *ONE_STEP, *(word for o in options for word in ("--set", o)))
    assert done.code == 0
    assert settled("runs/run")["training"]["epochs"] == epochs


def test_any_data_set(nnfs):
    Path("digits.yaml").write_text("dataset: digits\nmodel: {layers: [flatten, {type: dense, units: 10}]}\n")
    assert nnfs("train", "digits.yaml", "--name", "run", *ONE_STEP).code == 0
    known = settled("runs/run")
    assert (known["loss"]["type"], known["training"]["epochs"]) == ("cross_entropy", -(-3000 * 32 // 1293))


@pytest.mark.parametrize(
    ("y", "units", "loss"),
    [
        (np.arange(60.0) % 3, "auto", "mse"),
        (np.arange(60.0) % 3, "1", "mse"),
        (np.arange(60.0) % 3, "3", "cross_entropy"),
        (np.arange(60) % 3, "auto", "cross_entropy"),
        (np.eye(3)[np.arange(60) % 3], "auto", "cross_entropy"),
        (np.eye(3)[np.arange(60) % 3] + 0.5, "auto", "mse"),
        (np.arange(60.0)[:, None] % 3, "auto", "mse"),
    ],
)
def test_answers_are_classes_where_nothing_else_fits(nnfs, y, units, loss):
    np.savez("a.npz", x=np.random.default_rng(0).normal(size=(60, 4)), y=y)
    layers = f"model: {{layers: [{{type: dense, units: {units}}}]}}\n"
    Path("short.yaml").write_text(f"dataset: {{type: npz, train: a.npz}}\n{layers}")
    assert nnfs("train", "short.yaml", "--name", "run", *ONE_STEP).code == 0
    known = settled("runs/run")["loss"]
    assert (known if isinstance(known, str) else known["type"]) == loss
    assert nnfs("evaluate", "runs/run", "--split", "validation").code == 0


@pytest.mark.parametrize(
    ("said", "options", "scheduler", "lr"),
    [
        ("", (), "one_cycle", None),
        ("optimizer: {type: adam, lr: 1e-3}\n", (), "constant", 1e-3),
        ("", ("optimizer.lr=0.002",), "constant", 0.002),
        ("", ("optimizer={type: sgd, lr: 0.1}",), "constant", 0.1),
        ("scheduler: {type: cosine, max_lr: 0.01}\n", (), "cosine", None),
        ("", ("scheduler={type: step, max_lr: 0.01}",), "step", None),
    ],
)
def test_a_rate_that_is_said(said, options, scheduler, lr):
    write("kind")
    Path("short.yaml").write_text(SHORT % "kind" + said)
    config = load(Path("short.yaml"), options)
    assert config.scheduler.type == scheduler
    assert config.optimizer.arguments.get("lr") == lr
    assert config.training.epochs == "auto"


def test_an_optimizer_without_a_rate_is_refused(nnfs):
    write("kind", SHORT + "optimizer: sgd\n")
    done = nnfs("train", "short.yaml")
    assert (done.code, done.out) == (2, "")
    assert "optimizer.lr: is missing: scheduler constant does not set the rate." in done.err


def test_a_key_of_the_loss_alone_is_one_of_cross_entropy(nnfs):
    write("kind")
    done = nnfs("train", "short.yaml", "--name", "run", "--set", "loss.label_smoothing=0.1", *ONE_STEP)
    assert done.code == 0
    assert settled("runs/run")["loss"] == {"type": "cross_entropy", "label_smoothing": 0.1, "class_weights": None}
    done = nnfs("train", "short.yaml", "--set", "loss.delta=1")
    assert done.code == 2
    assert "loss.delta: cross_entropy has no such key." in done.err


def test_folds_know_how_long_they_take(nnfs):
    write("kind")
    assert nnfs("train", "short.yaml", "--folds", "2", "--name", "folds", *ONE_STEP).code == 0
    known = settled("runs/folds")
    assert (known["loss"]["type"], known["training"]["epochs"]) == ("cross_entropy", 100)
    assert settled("runs/folds/fold-2")["training"]["epochs"] == 100


def test_predictions_come_in_the_words_of_the_table(nnfs):
    write("kind")
    run = nnfs("train", "short.yaml", "--quiet").out.strip()
    done = nnfs("predict", run, "flowers.csv")
    assert done.code == 0
    with open("flowers.csv", newline="") as file:
        truth = [row["kind"] for row in csv.DictReader(file)]
    said = [row["label"] for row in csv.DictReader(done.out.splitlines())]
    assert np.mean([a == b for a, b in zip(truth, said, strict=True)]) > 0.7
