"""Losses of values through the commands: what train and evaluate report is what NumPy computes from the weights."""

from __future__ import annotations

import numpy as np
import pytest

from tests.answers.asking import json_of, records_in
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import write_config

TEST, TRAIN = 300, 400
LAYERS = [{"type": "dense", "units": 8}, "relu", {"type": "dense", "units": 2}]
LOSSES = {
    "mae": np.abs,
    "huber": lambda e: np.where(np.abs(e) <= 0.5, e**2 / 2, 0.5 * (np.abs(e) - 0.25)),
    "quantile": lambda e: np.where(e > 0, 0.1 * e, -0.9 * e),
}
KEYS = {"mae": {}, "huber": {"delta": 0.5}, "quantile": {"q": 0.9}}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", LOSSES)
def test_loss(ask, folder, name, workers):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(TEST + TRAIN, 5)).astype(np.float32)
    y = np.stack([100 + 20 * x[:, 0], x[:, 1] - x[:, 2]], axis=1) + rng.normal(size=(len(x), 2))
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("test.npz", x=x[:TEST], y=y[:TEST])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "validation": "test.npz", "standardize": False}
    write_config(folder / "c.yaml", dataset, LAYERS, {"type": name, **KEYS[name]}, workers=workers, monitor="val_loss")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    scores = scores_of(LAYERS, weights_in(folder / "runs/run/checkpoints/last.safetensors"), x[:TEST].astype(float))
    mean, deviation = y[TEST:].mean(axis=0), y[TEST:].std(axis=0)
    expected = LOSSES[name](scores - (y[:TEST] - mean) / deviation).mean()
    said = json_of(ask("evaluate", "runs/run/checkpoints/last.safetensors", "--json"))
    assert said["loss"] == pytest.approx(expected, rel=1e-5)
    assert said["mae"] == pytest.approx(np.abs(scores * deviation + mean - y[:TEST]).mean(), rel=1e-5)
    (*_, row) = records_in((folder / "runs/run/metrics.csv").read_text(), ".csv")
    assert float(row["val_loss"]) == pytest.approx(expected, rel=1e-5)
    ask("predict", "runs/run/checkpoints/last.safetensors", "test.npz", "--output", "answers.npy")
    np.testing.assert_allclose(np.load("answers.npy"), scores * deviation + mean, rtol=1e-5, atol=1e-4)
