"""What is told at the end of a training that did not go well, and not of one that did."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from nnfs_cli.sessions import outcome
from tests.cli.program import TINY

TABLE = """\
dataset: {type: csv, train: data.csv, target: y, validation: 0.4}
model: {layers: [{type: dense, units: UNITS}]}
loss: LOSS
optimizer: {type: adam, lr: 1e-2}
training: {epochs: EPOCHS, batch_size: 8}
"""


@pytest.fixture
def learn(nnfs):
    """Train on two random features and what is to be answered; the warnings, which summary.json holds too."""

    def told(y: list, units: int, loss: str, epochs: int = 1, *options: str) -> list[str]:
        rows = "".join(f"{a},{b},{answer}\n" for (a, b), answer in zip(features(), y, strict=True))
        Path("data.csv").write_text("a,b,y\n" + rows)
        text = TABLE.replace("UNITS", str(units)).replace("LOSS", loss).replace("EPOCHS", str(epochs))
        Path("t.yaml").write_text(text)
        return warnings(nnfs("train", "t.yaml", "--quiet", *options))

    return told


def features() -> list[list[float]]:
    return np.random.default_rng(0).normal(size=(200, 2)).round(4).tolist()


def warnings(done) -> list[str]:
    assert done.code == 0, done.err
    told = [line.removeprefix("warning: ") for line in done.err.splitlines()]
    summary = json.loads(Path(done.out.strip(), "summary.json").read_text())
    assert told == summary.get("notes", [])
    return told


def test_a_loss_that_rose(nnfs):
    Path("high.yaml").write_text(TINY.replace("1e-2", "50"))
    (told,) = warnings(nnfs("train", "high.yaml", "--quiet", "--set", "dataset.validation=0"))
    assert told.startswith("the training loss rose: ")
    assert told.endswith(" in the last epoch. Try a smaller learning rate; nnfs lr-find suggests one.")
    assert warnings(nnfs("train", "tiny.yaml", "--quiet", "--set", "dataset.validation=0")) == []


def test_a_weighted_loss_is_compared_with_that_of_the_first_epoch(learn, monkeypatch):
    """The first 32 examples may lack the class that weighs most."""
    compared = []
    first = outcome._first_loss
    monkeypatch.setattr(outcome, "_first_loss", lambda *given: compared.append(first(*given)) or compared[-1])
    kinds = ["cup" if k % 8 == 0 else "mug" for k in range(200)]
    learn(kinds, 2, "{type: cross_entropy, class_weights: balanced}", 3)
    rows = list(csv.DictReader(Path("runs/t-1/steps.csv").read_text().splitlines()))
    of_first = [float(row["loss"]) for row in rows if row["epoch"] == "1"]
    assert compared == [pytest.approx(np.mean(of_first), rel=1e-6)]
    assert len(of_first) == 15
    learn(kinds, 2, "cross_entropy", 3)
    rows = list(csv.DictReader(Path("runs/t-2/steps.csv").read_text().splitlines()))
    assert compared[1] == pytest.approx(np.mean([float(row["loss"]) for row in rows[:4]]), rel=1e-6)


def test_where_the_loss_began_is_not_known_any_more(nnfs, monkeypatch):
    Path("high.yaml").write_text(TINY.replace("1e-2", "50"))
    monkeypatch.setattr("nnfs_cli.sessions.outcome.blocks", lambda *_, **__: iter(()))
    assert warnings(nnfs("train", "high.yaml", "--quiet", "--set", "dataset.validation=0")) == []


def test_one_answer_to_everything(learn):
    rare = ["cup" if k % 10 == 0 else "mug" for k in range(200)]
    (told,) = learn(rare, 2, "cross_entropy", 5)
    assert told.startswith(
        "the network answers 'mug' to all of the 80 validation examples, which are of 2 classes. Train longer, "
    )


def test_the_average_of_the_weights_is_looked_at(learn, monkeypatch):
    """The weights of the last step answer as they like: what is saved and used is their average."""
    seen, look = [], outcome.only_answer

    def only_answer(network, *rest):
        seen.append(network.values.copy())
        return look(network, *rest)

    monkeypatch.setattr(outcome, "only_answer", only_answer)
    rare = ["cup" if k % 10 == 0 else "mug" for k in range(200)]
    learn(rare, 2, "cross_entropy", 2, "--set", "training.ema={decay: 0.9}")
    saved = load_file("runs/t-1/checkpoints/last.safetensors")
    (values,) = seen
    np.testing.assert_array_equal(values[:4].reshape(2, 2), saved["model.0.weight"])
    assert not np.array_equal(values[:4].reshape(2, 2), saved["raw.0.weight"])


def test_answers_of_two_classes(learn):
    assert learn(["cup" if a > b else "mug" for a, b in features()], 2, "cross_entropy", 10) == []


def test_one_answer_where_there_is_one_class(learn, nnfs):
    learn(["cup" if a > b else "mug" for a, b in features()], 2, "cross_entropy", 10)
    Path("held.csv").write_text("a,b,y\n" + "1.5,0.5,cup\n" * 3)
    assert warnings(nnfs("train", "t.yaml", "--quiet", "--set", "dataset.validation=held.csv")) == []


def test_values_worse_than_their_mean(learn):
    noise = np.random.default_rng(1).normal(size=200).round(4).tolist()
    (told,) = learn(noise, 1, "mse", 1, "--set", "optimizer.lr=1e-9", "--set", "training.batch_size=128")
    assert told.startswith("val_r2 is -")
    assert "the network is worse than one that always answers their mean. Train longer" in told


def test_values_better_than_their_mean(learn):
    assert learn([2 * a - b for a, b in features()], 1, "mse", 50) == []


@pytest.mark.parametrize(("rise", "told"), [(1.0005, False), (1.002, True)])
def test_a_loss_that_rose_by_less_than_rounding_did_not_rise(nnfs, monkeypatch, rise, told):
    monkeypatch.setattr(
        "nnfs_cli.sessions.outcome._first_loss", lambda trainer, _: trainer.state.last["train_loss"] / rise
    )
    assert bool(warnings(nnfs("train", "tiny.yaml", "--quiet"))) == told


def test_a_monitor_that_was_never_defined(learn):
    """R squared of one validation example."""
    values = [a + b for a, b in features()]
    options = ("--set", "dataset.validation=1", "--set", "training.monitor=val_r2")
    told = learn(values, 1, "mse", 2, *options)
    assert told == [
        "val_r2 was not defined in any epoch, so there is no best checkpoint: the last one is used. "
        "Set training.monitor: val_loss, or validate on examples whose answers differ."
    ]
    stopping = ("--set", "training.early_stopping={monitor: val_r2, patience: 1}")
    learn(values, 1, "mse", 9, "--set", "dataset.validation=1", *stopping)
    (summary,) = [json.loads(path.read_text()) for path in Path("runs").glob("t-2/summary.json")]
    assert (summary["epochs"], summary["reason"]) == (1, "val_r2 has not improved for 1 epoch")
