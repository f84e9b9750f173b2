"""Networks that answer with images: figures and answers are what NumPy computes from weights and files."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Conv2D, CrossEntropy, Model
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.npz import NPZ
from nnfs_cli.errors import ConfigError, DataError
from tests.answers.asking import json_of, records_in
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import write_config

TEST, TRAIN, SHAPE = 300, 400, (2, 4, 4)
LAYERS = [
    {"type": "conv2d", "filters": 3, "kernel_size": 3},
    "relu",
    {"type": "conv2d", "filters": 2, "kernel_size": 3},
]


def images(dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    """The middle of every image, once as it is and once turned over, in two units."""
    x = np.random.default_rng(5).random((TEST + TRAIN, 1, 8, 8)).astype(np.float32)
    middle = x[:, 0, 2:-2, 2:-2].astype(np.float64)
    return x, np.stack([1000 + 5 * middle, middle[:, ::-1] - 0.5], axis=1).astype(dtype)


def figures(values: np.ndarray, y: np.ndarray) -> dict[str, float]:
    error, centre = values - y, y.mean(axis=(0, 2, 3), keepdims=True)
    shares = (error**2).sum(axis=(0, 2, 3)) / ((y - centre) ** 2).sum(axis=(0, 2, 3))
    roots = np.sqrt((error**2).mean(axis=(0, 2, 3)))
    return {"mse": (error**2).mean(), "rmse": roots.mean(), "mae": np.abs(error).mean(), "r2": 1 - shares.mean()}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("transform", ["standardize", "none"])
def test_images_as_answers(ask, folder, workers, transform):
    x, y = images()
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("test.npz", x=x[:TEST], y=y[:TEST])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "standardize": False, "validation": 0}
    write_config(folder / "c.yaml", dataset | {"target_transform": transform}, LAYERS, "mse", workers=workers)
    ask(
        "train",
        "c.yaml",
        "--name",
        "run",
        "--quiet",
        "--set",
        "optimizer.lr=1e-4" if transform == "none" else "optimizer.lr=0.05",
    )
    scores = scores_of(
        [*LAYERS, "flatten"], weights_in(folder / "runs/run/checkpoints/last.safetensors"), x[:TEST].astype(float)
    )
    channels, learned, values = (0, 2, 3), y[:TEST], scores.reshape(-1, *SHAPE)
    if transform == "standardize":
        mean, deviation = (of(y[TEST:], axis=channels, keepdims=True) for of in (np.mean, np.std))
        learned, values = (learned - mean) / deviation, values * deviation + mean
    said = json_of(ask("evaluate", "runs/run/checkpoints/last.safetensors", "--json"))
    assert said["loss"] == pytest.approx(((scores.reshape(-1, *SHAPE) - learned) ** 2).mean(), rel=1e-5)
    for name, figure in figures(values, y[:TEST]).items():
        assert said[name] == pytest.approx(figure, rel=1e-5), name
    ask("predict", "runs/run/checkpoints/last.safetensors", "test.npz", "--output", "answers.npy")
    np.testing.assert_allclose(np.load("answers.npy"), values, rtol=1e-5, atol=1e-6)
    rows = records_in(ask("predict", "runs/run/checkpoints/last.safetensors", "test.npz", "--format", "csv"), ".csv")
    named = [[float(row[f"value_{k}"]) for k in range(1, 33)] for row in rows]
    np.testing.assert_allclose(named, values.reshape(TEST, -1), rtol=1e-4, atol=1e-5)
    records = records_in(
        ask("predict", "runs/run/checkpoints/last.safetensors", "test.npz", "--format", "jsonl"), ".jsonl"
    )
    np.testing.assert_allclose([record["image"] for record in records], values, rtol=1e-4, atol=1e-5)


def test_the_metrics_of_an_epoch(ask, folder):
    """Over validation examples of several batches, with two workers."""
    x, y = images("float32")
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("held.npz", x=x[:TEST], y=y[:TEST])
    dataset = {"type": "npz", "train": "train.npz", "standardize": False, "validation": "held.npz"}
    write_config(folder / "c.yaml", dataset, LAYERS, "mse", workers=2)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    (*_, row) = records_in((folder / "runs/run/metrics.csv").read_text(), ".csv")
    model = Model.load(folder / "runs/run/checkpoints/last.safetensors")
    expected = figures(model.predict(x[:TEST]), y[:TEST].astype(float))
    assert float(row["val_r2"]) == pytest.approx(expected["r2"], rel=1e-5)
    assert float(row["val_rmse"]) == pytest.approx(expected["rmse"], rel=1e-5)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_training_metrics_of_an_epoch(ask, folder, workers):
    """Of weights that stay as they were drawn, over all steps of the epoch."""
    x, y = images("float32")
    np.savez("train.npz", x=x, y=y)
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, LAYERS, "huber", workers=workers, epochs=1)
    ask("train", "c.yaml", "--name", "run", "--quiet", "--set", "optimizer.lr=1e-30")
    (row,) = records_in((folder / "runs/run/metrics.csv").read_text(), ".csv")
    model = Model.load(folder / "runs/run/checkpoints/last.safetensors")
    values = model.predict(x)
    for name in ("r2", "rmse"):
        assert float(row[f"train_{name}"]) == pytest.approx(figures(values, y.astype(float))[name], rel=1e-5), name
    channels = y.astype(float).std(axis=(0, 2, 3), keepdims=True)
    error = np.abs((values - y) / channels)
    assert float(row["train_loss"]) == pytest.approx(np.where(error <= 1, error**2 / 2, error - 0.5).mean(), rel=1e-5)


def test_in_python(folder):
    x, y = images()
    model = Model([Conv2D(3, 3), Conv2D(2, 3)], (1, 8, 8), dtype="float64")
    model.fit(x, y, epochs=2, optimizer=SGD(lr=0.05), loss=MSE())
    assert model.predict(x).shape == y.shape
    assert model.evaluate(x, y)["rmse"] == pytest.approx(figures(model.predict(x), y)["rmse"], rel=1e-9)
    model.save("m.safetensors")
    np.testing.assert_array_equal(Model.load("m.safetensors").predict(x), model.predict(x))
    with pytest.raises(DataError, match=r"train: answers have shape \(2, 2, 8\), expected \(2, 4, 4\)"):
        model.fit(x, y.reshape(-1, 2, 2, 8), epochs=1, optimizer=SGD(lr=0.05), loss=MSE())
    with pytest.raises(ConfigError, match=r"gives images of shape \(2, 4, 4\), not a score a class"):
        model.fit(x, np.arange(len(x)) % 2, epochs=1, optimizer=SGD(lr=0.05), loss=CrossEntropy())


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            [*LAYERS, {"type": "max_pool2d"}],
            r"Bring images to 4 x 4 pixels by strides, padding or pooling, and end with 2 filters",
        ),
        (
            LAYERS[:2],
            r"layers\[1\] \(relu\): gives images of shape \(3, 6, 6\), but npz has images of shape \(2, 4, 4\)",
        ),
        (
            ["flatten", {"type": "dense", "units": 32}],
            r"gives 32 outputs.*Bring images to 4 x 4 pixels by convolutions and pooling alone, and end with 2",
        ),
        ([{"type": "conv2d", "filters": 4, "kernel_size": 5}], r"Set its filters to 2\."),
    ],
)
def test_another_shape_is_told(ask, folder, layers, message):
    x, y = images()
    np.savez("train.npz", x=x, y=y)
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, layers, "mse", workers=1)
    with pytest.raises(AssertionError, match=message):
        ask("check", "c.yaml")


def test_a_network_of_images_answers_before_any_training(folder):
    model = Model([Conv2D(1, 3, padding="same")], (1, 4, 4), dtype="float64")
    x = np.random.default_rng(0).random((3, 1, 4, 4))
    before = model.predict(x)
    assert before.shape == x.shape
    model.save("m.safetensors")
    np.testing.assert_array_equal(Model.load("m.safetensors").predict(x), before)
    model.fit(x, x, epochs=1, optimizer=SGD(lr=0.01))


def test_a_channel_that_never_varies_is_told_of(folder):
    x, y = images()
    y[:, 1] = 7
    np.savez("train.npz", x=x, y=y)
    (note,) = NPZ("train.npz").spec(Locator(folder)).notes
    assert "y: channel 1 is 7 in every example: nothing can be learned" in note


def test_a_number_that_is_not_finite_is_told_with_its_place(ask, folder):
    x, y = images()
    y[5, 1, 2, 3] = np.nan
    np.savez("train.npz", x=x, y=y)
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, LAYERS, "mse", workers=1)
    with pytest.raises(AssertionError, match=r"example 5, pixel \(1, 2, 3\) of the answer: expected a finite number"):
        ask("train", "c.yaml", "--name", "run", "--quiet")


def test_other_images_than_those_of_the_training_are_refused(ask, folder):
    x, y = images()
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("test.npz", x=x[:TEST], y=y[:TEST].reshape(-1, 2, 2, 8))
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz", "test": "test.npz"}, LAYERS, "mse", workers=1)
    with pytest.raises(AssertionError, match=r"answers have shape \(2, 2, 8\), expected \(2, 4, 4\)"):
        ask("train", "c.yaml", "--name", "run", "--quiet")
