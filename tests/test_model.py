"""Model: the way from Python, on a few rows."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Adam, Conv2D, CrossEntropy, Dense, Dropout, Flatten, MaxPool2D, Model, ReLU, Step
from nnfs_cli.config import EarlyStopping, from_mapping
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.errors import ConfigError, MachineError
from nnfs_cli.nn.metrics.base import kinds_for
from nnfs_cli.runs import checkpoint
from nnfs_cli.saved.predictor import load_predictor
from nnfs_cli.sessions.train import train
from nnfs_cli.training.records import epoch_columns

RNG = np.random.default_rng(0)
Y = np.arange(48) % 3
X = (RNG.standard_normal((48, 5)) + 2 * np.eye(3, 5)[Y]).astype(np.float32)
PIXELS = RNG.integers(0, 256, (30, 1, 6, 6), np.uint8)


def small(seed: int = 0, **options) -> Model:
    return Model([Dense(8), ReLU(), Dense(3)], input_shape=(5,), seed=seed, **options)


def trained(**options) -> Model:
    model = small()
    model.fit(X, Y, **{"epochs": 3, "optimizer": SGD(lr=0.1), **options})
    return model


def test_the_example_of_the_documentation(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = RNG.random((60, 784), np.float32), np.arange(60) % 10
    x_val, y_val, x_test = x[:20], y[:20], x[:7]
    model = Model([Dense(200), ReLU(), Dense(10)], input_shape=(784,), seed=0)
    history = model.fit_one_cycle(
        x,
        y,
        epochs=5,
        max_lr=3e-3,
        optimizer=Adam(),
        loss=CrossEntropy(),
        batch_size=128,
        validation=(x_val, y_val),
    )
    probabilities = model.predict(x_test)
    model.save("mnist.safetensors")
    loaded = Model.load("mnist.safetensors")
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5]
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert probabilities.shape == (7, 10)
    assert loaded.predict(x_test).tobytes() == probabilities.tobytes()


def test_rows_have_the_columns_of_metrics():
    model, seen = small(), []
    history = model.fit(X, Y, epochs=2, optimizer=SGD(lr=0.1), validation=(X, Y), on_epoch=seen.append)
    assert [tuple(row) for row in history] == [epoch_columns(kinds_for(classes=True))] * 2
    assert seen == history


def test_metrics_are_chosen_as_in_a_configuration():
    model, stop = small(), EarlyStopping(monitor="val_roc_auc", patience=9)
    options = {"epochs": 2, "optimizer": SGD(lr=0.1), "early_stopping": stop}
    (*_, row) = model.fit(X, Y, **options, validation=(X, Y), metrics=["log_loss", "macro_f1"])
    measured = model.evaluate(X, Y, metrics=["roc_auc", "log_loss", "macro_f1"])
    assert {name: row[f"val_{name}"] for name in measured} == pytest.approx(measured, rel=1e-12)
    assert row["train_roc_auc"] is None
    assert "val_accuracy" not in row
    assert set(model.evaluate(X, Y)) == {"loss", "accuracy"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"metrics": ["rmse"]},
            "metrics: rmse is a metric of values, and classes are predicted. Choose among accuracy, ",
        ),
        ({"metrics": ["auc"]}, "training: metrics: expected a list of metrics "),
        (
            {"metrics": ["roc_auc"]},
            "metrics: roc_auc is measured on the validation split alone, and there is none. Hold ",
        ),
        ({"early_stopping": EarlyStopping("train_roc_auc")}, "roc_auc is not measured on the batches of a training"),
    ],
)
def test_metrics_that_cannot_be_measured_are_refused_before_anything_changes(options, words):
    model = small()
    before = model.predict(X)
    with pytest.raises(ConfigError, match=words):
        model.fit(X, Y, epochs=1, optimizer=SGD(lr=0.1), **options)
    assert model.predict(X).tobytes() == before.tobytes()


def test_every_option_of_fit():
    history = small().fit(
        X,
        Y,
        epochs=40,
        optimizer=SGD(momentum=0.9),
        loss=CrossEntropy(label_smoothing=0.1),
        scheduler=Step(max_lr=0.1, step_size=2),
        batch_size=10,
        validation=(X, Y),
        shuffle=False,
        gradient_clip_norm=1.0,
        early_stopping=EarlyStopping(patience=2, min_delta=0.5),
    )
    assert len(history) < 40
    assert history[1]["step"] == 10
    assert [row["lr"] for row in history[:4]] == pytest.approx([0.1, 0.1, 0.01, 0.01])


def test_a_moving_average_is_left_in_the_model():
    """One weight, all examples in a step: the average of the weights of every step, by hand; on_epoch sees it too."""
    x, y = np.array([[1.0], [2.0]]), np.array([1.0, 3.0])
    model = Model([Dense(1, bias=False)], (1,), dtype="float64")
    w = average = float(model.network.values[0])
    seen, expected = [], []
    settings = {"optimizer": SGD(lr=0.1), "loss": MSE(), "target_transform": "none", "batch_size": 1, "accumulate": 2}
    model.fit(
        x, y, epochs=4, ema=0.25, **settings, on_epoch=lambda row: seen.append(model.predict(np.ones((1, 1))).item())
    )
    for step in range(4):
        w -= 0.1 * 2 * ((w * x[:, 0] - y) * x[:, 0]).mean()
        d = min(0.25, (1 + step) / (10 + step))
        average = d * average + (1 - d) * w
        expected.append(average)
    np.testing.assert_allclose(seen, expected, rtol=0, atol=1e-14)
    assert model.predict(np.ones((1, 1))).item() == pytest.approx(average, abs=1e-14)
    assert model.network.values[0] == pytest.approx(average, abs=1e-14)
    assert abs(average - w) > 1e-3


def test_without_shuffling_examples_are_taken_as_they_come():
    """One weight and batches of one example: w = w - lr 2 (w x - y) x, example after example."""
    x, y = np.array([1.0, 2.0, -1.0, 0.5]), np.array([1.0, -2.0, 3.0, 0.0])
    model = Model([Dense(1, bias=False)], input_shape=(1,), dtype="float64")
    (weight,) = model.network.values.tolist()
    settings = {"loss": MSE(), "batch_size": 1, "target_transform": "none"}
    model.fit(x[:, None], y, epochs=2, optimizer=SGD(lr=0.1), shuffle=False, **settings)
    for example, target in [*zip(x, y, strict=True)] * 2:
        weight -= 0.1 * 2 * (weight * example - target) * example
    assert model.network.values.tolist() == pytest.approx([weight], rel=1e-12)


def test_the_same_seed_gives_the_same_model():
    assert trained().predict(X).tobytes() == trained().predict(X).tobytes()
    assert (small(seed=1).predict(X) != small(seed=2).predict(X)).all()


def test_training_continues_where_it_was():
    model = trained(epochs=20)
    before = model.evaluate(X, Y)["loss"]
    model.fit(X, Y, epochs=20, optimizer=SGD(lr=0.1))
    assert model.evaluate(X, Y)["loss"] < before


def test_a_rate_may_come_from_the_optimizer_or_the_schedule_alone():
    history = small().fit_one_cycle(X, Y, epochs=1, max_lr=0.1, batch_size=48)
    assert history[0]["lr"] <= 0.1


def test_images_come_and_go_batch_first():
    layers = [Conv2D(2, 3, padding=1), ReLU(), MaxPool2D(2), Flatten(), Dropout(0.2), Dense(4)]
    model = Model(layers, input_shape=(1, 6, 6), dtype="float64")
    model.fit(PIXELS / 255, np.arange(30) % 4, epochs=1, optimizer=Adam(lr=1e-3))
    probabilities = model.predict(PIXELS / 255)
    assert probabilities.shape == (30, 4)
    assert probabilities.dtype == np.float64
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("y", [X[:, :1].sum(axis=1), X[:, :1]], ids=["(N,)", "(N, 1)"])
def test_values(y):
    model = Model([Dense(1)], input_shape=(5,))
    history = model.fit(X, y, epochs=60, optimizer=SGD(lr=0.1), loss=MSE())
    assert history[-1]["train_loss"] < 1e-3
    assert history[-1]["train_r2"] > 0.999
    assert tuple(history[-1]) == epoch_columns(kinds_for(classes=False))
    values, found = model.predict(X), model.evaluate(X, y)
    assert (values.shape, values.dtype) == ((48, 1), np.float64)
    error = values[:, 0] - np.ravel(y)
    assert found["loss"] == pytest.approx(history[-1]["train_loss"], abs=1e-3)
    assert found["loss"] == pytest.approx((error**2).mean() / np.var(y), rel=1e-4)
    assert found["rmse"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-4)
    assert found["r2"] == pytest.approx(1 - (error**2).mean() / np.var(y), rel=1e-6)


def test_evaluate():
    model = trained(epochs=30)
    found = model.evaluate(X, Y)
    assert found["accuracy"] == pytest.approx((model.predict(X).argmax(axis=1) == Y).mean())
    assert found["loss"] == pytest.approx(-np.log(model.predict(X)[np.arange(48), Y]).mean(), rel=1e-5)


def test_lists_are_arrays_too():
    model = small()
    model.fit(X.tolist(), Y.tolist(), epochs=1, optimizer=SGD(lr=0.1))
    np.testing.assert_array_equal(model.predict(X.tolist()), model.predict(X))


def pixel_model() -> Model:
    return Model([Flatten(), Dense(4)], input_shape=(1, 6, 6))


def test_bytes_are_scaled_to_one():
    model = pixel_model()
    np.testing.assert_allclose(model.predict(PIXELS), model.predict(PIXELS / 255), rtol=1e-5)


def test_a_model_of_bytes_stays_one(tmp_path):
    labels, path = np.arange(30) % 4, tmp_path / "pixels.safetensors"
    from_bytes, from_numbers = pixel_model(), pixel_model()
    from_bytes.fit(PIXELS, labels, epochs=3, optimizer=SGD(lr=0.1), validation=(PIXELS, labels))
    from_numbers.fit(PIXELS / 255, labels, epochs=3, optimizer=SGD(lr=0.1))
    np.testing.assert_allclose(from_bytes.predict(PIXELS), from_numbers.predict(PIXELS / 255), rtol=1e-4)
    from_bytes.save(path)
    assert Model.load(path).predict(PIXELS).tobytes() == from_bytes.predict(PIXELS).tobytes()
    assert load_predictor(checkpoint.read(path)).preparation.white == 255


def test_what_is_no_plain_file_is_not_replaced(tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path):
        with pytest.raises(MachineError, match=path.name):
            trained().save(path)
    assert pipe.is_fifo()
    assert link.is_symlink()


@pytest.mark.parametrize("dtype", ["float16", "int32", "foo", None])
def test_networks_compute_in_two_types(dtype):
    with pytest.raises(ConfigError, match=r"dtype: expected 'float32' or 'float64', got "):
        Model([Dense(3)], (5,), dtype=dtype)


def test_epochs_are_a_number_in_python():
    with pytest.raises(ConfigError, match=r"training\.epochs: expected a whole number, got 'auto'"):
        trained().fit(X, Y, epochs="auto", optimizer=Adam(lr=0.01))


def test_a_saved_model_can_be_trained_on(tmp_path):
    model, path = trained(), tmp_path / "m.safetensors"
    model.save(path)
    loaded = Model.load(path)
    for each in (model, loaded):
        each.fit(X, Y, epochs=2, optimizer=Adam(lr=0.01))
    assert loaded.predict(X).tobytes() == model.predict(X).tobytes()
    assert loaded.evaluate(X, Y) == model.evaluate(X, Y)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of `nnfs train` on a table."""
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    rows = "".join(f"{x[0]},{x[1]},{('cat', 'dog', 'owl')[y]}\n" for x, y in zip(X, Y, strict=True))
    (tmp_path / "table.csv").write_text(f"a,b,kind\n{rows}")
    config = {
        "dataset": {"type": "csv", "train": "table.csv", "target": "kind"},
        "model": {"layers": [{"type": "dense", "units": 3}]},
        "optimizer": {"type": "adam", "lr": 0.1},
        "training": {"epochs": 2, "workers": 1},
    }
    *_, finished = train(from_mapping(config, "table"), Locator(tmp_path), runs_dir=tmp_path / "runs")
    return finished.run / "checkpoints" / "best.safetensors"


def test_a_run_answers_as_nnfs_predict_does(run):
    expected = load_predictor(checkpoint.read(run)).predict(X[:, :2])
    model = Model.load(run)
    np.testing.assert_array_equal(model.predict(X[:, :2]), expected)
    np.testing.assert_allclose(model.predict(X[:, :2].astype(np.float64)), expected, rtol=1e-6)
    assert model.evaluate(X[:, :2], Y)["accuracy"] == pytest.approx((expected.argmax(axis=1) == Y).mean())


def test_names_and_preparation_of_a_run_survive_more_training(run, tmp_path):
    model = Model.load(run)
    model.fit(X[:, :2], Y, epochs=1, optimizer=SGD(lr=1e-12))
    np.testing.assert_allclose(model.predict(X[:, :2]), Model.load(run).predict(X[:, :2]), rtol=1e-5)
    model.save(tmp_path / "more.safetensors")
    assert load_predictor(checkpoint.read(tmp_path / "more.safetensors")).spec.classes == ("cat", "dog", "owl")


def test_the_state_of_a_saved_model_is_json(tmp_path):
    small().save(tmp_path / "m.safetensors")
    saved = checkpoint.read(tmp_path / "m.safetensors")
    assert saved.state["data"]["classes"] == ["0", "1", "2"]
    assert {name: array.shape for name, array in saved.tensors.items()} == {
        "model.0.weight": (8, 5),
        "model.0.bias": (8,),
        "model.2.weight": (3, 8),
        "model.2.bias": (3,),
    }
    assert json.dumps(saved.state)


def test_frozen_layers_stay_in_every_fit_until_they_are_free_again(tmp_path):
    model = small()
    first, last = (model.network.layers[index].variables["weight"] for index in (0, 2))
    model.freeze(0)
    for optimizer in (SGD(lr=0.1, momentum=0.9, weight_decay=0.1), Adam(lr=0.1, weight_decay=0.1)):
        before = first.value.tobytes(), last.value.tobytes()
        model.fit(X, Y, epochs=2, optimizer=optimizer, gradient_clip_norm=0.1)
        assert first.value.tobytes() == before[0]
        assert last.value.tobytes() != before[1]
    model.save(tmp_path / "m.safetensors")
    for free in (Model.load(tmp_path / "m.safetensors"), model):
        free.freeze()
        weight = free.network.layers[0].variables["weight"]
        before = weight.value.tobytes()
        free.fit(X, Y, epochs=1, optimizer=SGD(lr=0.1))
        assert weight.value.tobytes() != before
    with pytest.raises(ConfigError, match=r"^freeze\[1\]: no layer is called '9'. There are 0, 1, 2.$"):
        model.freeze(0, 9)
