"""A table with outliers, robust scaling and layers with rates of their own: answers as NumPy computes them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.answers.asking import json_of
from tests.answers.independent.network import scores_of, softmax, weights_in
from tests.answers.tables import write_config

TRAIN, TEST, FEATURES = 301, 5000, 4
HIDDEN = {"type": "dense", "units": 6, "init": "lecun_normal", "bias_init": "standard_normal"}


def layers(outputs: int, rates: dict | None = None, scale: float = 6) -> list:
    """Both activations behind a scale of every feature."""
    first, second = {**HIDDEN, **(rates or {})}, {**HIDDEN, "units": 5}
    return [{"type": "scale", "lr_factor": scale}, first, "selu", second, "mish", {"type": "dense", "units": outputs}]


def table(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Outliers, a time stamp, a rare flag, and a feature that does not vary."""
    flag, same = rng.random(rows) < 0.1, np.full(rows, 7.0)
    return np.column_stack([rng.standard_cauchy(rows), 1.6e9 + rng.integers(0, 90, rows), flag, same])


def robust(train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Robust scaling and smooth clipping in plain NumPy."""
    first, median, third = np.quantile(train, [0.25, 0.5, 0.75], axis=0)
    half = (train.max(axis=0) - train.min(axis=0)) / 2
    width = np.where(third > first, third - first, np.where(half > 0, half, np.inf))
    z = (x - median) / width
    return z / np.sqrt(1 + (z / 3) ** 2)


@pytest.fixture(params=["classes", "values"])
def split(request, folder):
    """The files, x of both splits, y of the test split."""
    rng = np.random.default_rng(3)
    x = table(rng, TRAIN + TEST)
    values = np.arctan(x[:, :1]) + x[:, 2:3]
    y = (values[:, 0] > 0).astype(int) if request.param == "classes" else 1e3 * values
    np.savez(folder / "train.npz", x=x[:TRAIN], y=y[:TRAIN])
    np.savez(folder / "test.npz", x=x[TRAIN:], y=y[TRAIN:])
    return x[:TRAIN], x[TRAIN:], y[:TRAIN], y[TRAIN:]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("workers", [1, 2])
def test_answers(ask, folder, split, workers, dtype):
    train, test, y_train, y = split
    classes = y.ndim == 1
    wanted, dataset = layers(2 if classes else 1), {"type": "npz", "train": "train.npz", "test": "test.npz"}
    loss = "cross_entropy" if classes else "mse"
    write_config(folder / "c.yaml", {**dataset, "standardize": "robust"}, wanted, loss, workers=workers, dtype=dtype)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    weights = weights_in(folder / "runs/run/checkpoints/best.safetensors")
    scores = scores_of(wanted, weights, robust(train, test))
    answers = softmax(scores) if classes else scores * y_train.std(axis=0) + y_train.mean(axis=0)
    said = json_of(ask("evaluate", "run", "--json"))
    if classes:
        assert said["accuracy"] == np.mean(scores.argmax(axis=1) == y)
    else:
        assert said["rmse"] == pytest.approx(math.sqrt(np.mean((answers - y) ** 2)), rel=1e-5)
    ask("predict", "run", "test.npz", "--output", "answers.npy")
    got = np.load("answers.npy").reshape(answers.shape)
    if classes or dtype == "float64":
        np.testing.assert_allclose(got, answers, rtol=1e-4, atol=1e-4 if dtype == "float32" else 1e-9)
    else:
        deviation = y_train.std(axis=0)
        np.testing.assert_allclose(got / deviation, answers / deviation, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_step_of_each_layer_is_as_long_as_its_factor_says(ask, folder, workers):
    """Plain SGD in double precision: from the same first weights each step is the rate times the same gradient."""
    x = table(np.random.default_rng(3), 60)
    np.savez(folder / "train.npz", x=x, y=(x[:, 0] > 0).astype(int))
    moved = {}
    for name, rates, scale in [
        ("1", {}, 1),
        ("2", {"lr_factor": 2, "bias_lr_factor": 2}, 2),
        ("own", {"lr_factor": "inverse_sqrt_fan_in", "bias_lr_factor": 0.1}, 6),
    ]:
        write_config(
            *(folder / "c.yaml", {"type": "npz", "train": "train.npz", "standardize": "robust"}),
            *(layers(2, rates, scale), "cross_entropy"),
            **{"max_steps": 1, "dtype": "float64", "workers": workers},
        )
        ask("train", "c.yaml", "--name", name, "--quiet", "--set", "optimizer={type: sgd, lr: 0.5}")
        moved[name] = weights_in(folder / f"runs/{name}/checkpoints/last.safetensors")
    for key, factor in {"0.weight": 6, "1.weight": 1 / math.sqrt(FEATURES), "1.bias": 0.1}.items():
        step = moved["2"][key] - moved["1"][key]
        first = moved["1"][key] - step
        assert (np.abs(step) > 1e-9).any(), "a step was made"
        np.testing.assert_allclose(moved["own"][key] - first, factor * step, rtol=1e-6, atol=1e-13)
    for key in ("3.weight", "3.bias", "5.weight", "5.bias"):
        np.testing.assert_allclose(moved["own"][key], moved["1"][key], rtol=1e-12)
