"""Values to predict, on the command line: the answer of every example against NumPy, in whatever units they come."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.runs import checkpoint

CONFIG = """\
dataset: {type: npz, train: train.npz, test: test.npz, validation: 0}
model: {layers: [{type: dense, units: OUTPUTS}]}
loss: mse
optimizer: {type: adam, lr: 0.05}
training: {epochs: 8, batch_size: 16, dtype: float64}
"""
LEVELS = {"in hundreds of thousands": (300_000, 60_000), "around a million": (1e6, 1), "around zero": (0, 1)}
EXAMPLES = 600


def write(outputs: int, mean: float = 0, deviation: float = 1) -> tuple[np.ndarray, np.ndarray]:
    """Files to train on and to test on; the inputs and the answers of the test."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2 * EXAMPLES, 3))
    y = x @ rng.standard_normal((3, outputs)) + 0.3 * rng.standard_normal((2 * EXAMPLES, outputs))
    y = mean + deviation * (y - y.mean(axis=0)) / y.std(axis=0)
    np.savez("train.npz", x=x[:EXAMPLES], y=y[:EXAMPLES])
    np.savez("test.npz", x=x[EXAMPLES:], y=y[EXAMPLES:])
    Path("values.yaml").write_text(CONFIG.replace("OUTPUTS", str(outputs)))
    return x[EXAMPLES:], y[EXAMPLES:]


def expected(run: str, x: np.ndarray) -> np.ndarray:
    """What the weights of the best checkpoint say, measured on the training file itself."""
    train, saved = np.load("train.npz"), checkpoint.read(Path(run, "checkpoints", "best.safetensors")).tensors
    inputs = (x - train["x"].mean(axis=0)) / train["x"].std(axis=0)
    outputs = inputs @ saved["model.0.weight"].T + saved["model.0.bias"]
    return outputs * train["y"].std(axis=0) + train["y"].mean(axis=0)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("count", [1, 255, 256, 257, EXAMPLES])
def test_each_example_has_its_own_answer(nnfs, outputs, count):
    x, y = write(outputs, 300_000, 60_000)
    assert nnfs("train", "values.yaml", "--quiet", "--name", "run").code == 0
    np.savez("test.npz", x=x[:count], y=y[:count])
    values = expected("runs/run", x[:count])
    assert nnfs("predict", "run", "test.npz", "--output", "answers.npy").code == 0
    answers = np.load("answers.npy")
    assert answers.dtype == np.float64
    np.testing.assert_allclose(answers, values, rtol=1e-9)
    head, *rows = csv.reader(nnfs("predict", "run", "test.npz").out.splitlines())
    assert head == ["source", *(["value"] if outputs == 1 else ["value_1", "value_2"]), "error"]
    assert {row[-1] for row in rows} == {""}
    np.testing.assert_allclose(np.array([row[1:-1] for row in rows], float), values, rtol=1e-4)
    report = json.loads(nnfs("evaluate", "run", "--json").out)
    error = values - y[:count]
    assert report["mse"] == pytest.approx((error**2).mean(), rel=1e-9)
    assert report["rmse"] == pytest.approx(np.sqrt((error**2).mean(axis=0)).mean(), rel=1e-9)
    assert report["mae"] == pytest.approx(np.abs(error).mean(), rel=1e-9)
    if count > 1:
        r2 = (1 - (error**2).sum(axis=0) / ((y[:count] - y[:count].mean(axis=0)) ** 2).sum(axis=0)).mean()
        assert report["r2"] == pytest.approx(r2, rel=1e-9)
    else:
        assert report["r2"] is None


def test_the_units_of_the_target_change_nothing(nnfs):
    found = {}
    for name, (mean, deviation) in LEVELS.items():
        write(1, mean, deviation)
        assert nnfs("train", "values.yaml", "--quiet", "--name", name).code == 0
        last = json.loads(Path("runs", name, "summary.json").read_text())["last"]
        report = json.loads(nnfs("evaluate", name, "--json").out)
        found[name] = report["r2"]
        assert last["train_rmse"] == pytest.approx(deviation * np.sqrt(last["train_loss"]), rel=0.05)
    assert min(found.values()) > 0.8
    assert max(found.values()) - min(found.values()) < 0.005


def test_a_target_that_is_not_transformed_is_learned_as_it_is(nnfs):
    x, _ = write(1, 300_000, 60_000)
    nnfs("train", "values.yaml", "--quiet", "--name", "run", "--set", "dataset.target_transform=none")
    assert "target_transform: none" in Path("runs/run/config.yaml").read_text()
    nnfs("predict", "run", "test.npz", "--output", "answers.npy")
    train = np.load("train.npz")
    saved = checkpoint.read(Path("runs/run/checkpoints/best.safetensors")).tensors
    inputs = (x - train["x"].mean(axis=0)) / train["x"].std(axis=0)
    np.testing.assert_allclose(np.load("answers.npy"), inputs @ saved["model.0.weight"].T + saved["model.0.bias"])


def test_other_words_for_the_transform_are_refused(nnfs):
    write(1)
    done = nnfs("train", "values.yaml", "--set", "dataset.target_transform=sqrt")
    assert (done.code, done.out) == (2, "")
    assert "dataset.target_transform: expected 'standardize', 'log' or 'none', got 'sqrt'" in done.err


def test_r_squared_of_a_constant_split_is_told_as_undefined(nnfs):
    x, y = write(1)
    nnfs("train", "values.yaml", "--quiet", "--name", "run")
    np.savez("test.npz", x=x, y=np.full_like(y, 0.1))
    done = nnfs("evaluate", "run", "--json")
    assert json.loads(done.out)["r2"] is None
    assert nnfs("evaluate", "run").code == 0


def test_the_best_epoch_may_be_chosen_by_r_squared(nnfs):
    write(1)
    options = ("--set", "training.monitor=val_r2", "--set", "dataset.validation=0.2")
    assert nnfs("train", "values.yaml", "--quiet", "--name", "run", *options).code == 0
    rows = list(csv.DictReader(Path("runs/run/metrics.csv").read_text().splitlines()))
    best = json.loads(Path("runs/run/summary.json").read_text())["best"]
    assert best["val_r2"] == max(float(row["val_r2"]) for row in rows)
