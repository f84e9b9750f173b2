"""target_transform: log through the commands: loss, metrics and answers are what NumPy computes from the weights."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.cli.main import run
from tests.answers.asking import json_of, records_in
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import write_config

TEST, TRAIN = 5000, 700
LAYERS = [{"type": "dense", "units": 8}, "relu", {"type": "dense", "units": 2}]


@pytest.mark.parametrize("workers", [1, 2])
def test_values_and_figures(ask, folder, workers):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(TEST + TRAIN, 3)).astype(np.float32)
    y = np.exp(np.stack([9 + x[:, 0], 0.5 * x[:, 1] - 4], axis=1) + 0.1 * rng.normal(size=(len(x), 2)))
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("test.npz", x=x[:TEST], y=y[:TEST])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "validation": "test.npz", "standardize": False}
    dataset["target_transform"] = "log"
    write_config(folder / "c.yaml", dataset, LAYERS, "mse", workers=workers, monitor="val_r2", epochs=3)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    last = "runs/run/checkpoints/last.safetensors"
    scores = scores_of(LAYERS, weights_in(folder / last), x[:TEST].astype(float))
    logs = np.log(y[TEST:])
    answers = np.exp(scores * logs.std(axis=0) + logs.mean(axis=0))
    loss = ((scores - (np.log(y[:TEST]) - logs.mean(axis=0)) / logs.std(axis=0)) ** 2).mean()
    error = answers - y[:TEST]
    r2 = (1 - (error**2).sum(axis=0) / ((y[:TEST] - y[:TEST].mean(axis=0)) ** 2).sum(axis=0)).mean()
    rmse, mape = np.sqrt((error**2).mean(axis=0)).mean(), (np.abs(error) / y[:TEST]).mean()
    said = json_of(ask("evaluate", last, "--json"))
    for name, expected in {"loss": loss, "r2": r2, "rmse": rmse, "mape": mape, "mae": np.abs(error).mean()}.items():
        assert said[name] == pytest.approx(expected, rel=2e-5), name
    (*_, row) = records_in((folder / "runs/run/metrics.csv").read_text(), ".csv")
    for name, expected in {"loss": loss, "r2": r2, "rmse": rmse}.items():
        assert float(row[f"val_{name}"]) == pytest.approx(expected, rel=2e-5), name
    ask("predict", last, "test.npz", "--output", "answers.npy")
    np.testing.assert_allclose(np.load("answers.npy"), answers, rtol=2e-5)


@pytest.mark.parametrize("bad", [0.0, -3.0])
@pytest.mark.parametrize("split", ["train", "test"])
def test_a_value_without_a_logarithm(capsys, folder, bad, split):
    x, y = np.zeros((40, 2), np.float32), np.arange(1.0, 41)[:, None]
    x[:, 0] = y[:, 0]
    for name in ("train", "test"):
        np.savez(f"{name}.npz", x=x, y=np.where(np.arange(40)[:, None] == 7, bad, y) if name == split else y)
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "target_transform": "log"}
    write_config(folder / "c.yaml", dataset, [{"type": "dense", "units": 1}], "mse")
    assert run(["train", "c.yaml", "--quiet"]) == 3
    said = capsys.readouterr().err
    assert (
        f"{split}.npz: {split}: example 7: expected a value above 0, as dataset.target_transform: log needs it, "
        f"got {bad:g}. Set target_transform: standardize." in said
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_beyond_all_numbers_are_divergence(capsys, folder, workers):
    """The loss of logarithms stays finite for long, where the exponential of an answer no longer is."""
    x = np.random.default_rng(0).normal(size=(90, 1))
    np.savez("train.npz", x=x, y=np.exp(3 * x))
    dataset = {"type": "npz", "train": "train.npz", "target_transform": "log"}
    write_config(folder / "c.yaml", dataset, [{"type": "dense", "units": 1}], "mse", workers=workers)
    far = ["optimizer={type: sgd, lr: 1e6}", "scheduler=constant", "training.metrics=[mae]"]
    assert run(["train", "c.yaml", "--quiet", *(part for one in far for part in ("--set", one))]) == 5
    assert capsys.readouterr().err.startswith("mae became infinite at epoch 1, step 2, lr = 1e+06. Try a smaller rate")
