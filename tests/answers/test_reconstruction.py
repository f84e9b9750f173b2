"""Networks that give their examples back: figures and pictures are what NumPy computes from weights and files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli import Model
from nnfs_cli.data.augment.shift import Shift
from nnfs_cli.data.batches import Batches
from nnfs_cli.data.preparation import measured
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.spec import DataSpec, Examples
from nnfs_cli.runs import checkpoint
from nnfs_cli.sessions.evaluation import reconstruction
from nnfs_cli.sessions.evaluation.evaluate import evaluate
from tests.answers.asking import json_of, records_in, table_of
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.tables import write_config
from tests.data.samples import write_pictures

TRAIN, TEST = 200, 600
LAYERS = [
    {"type": "conv2d", "filters": 3, "kernel_size": 3},
    "relu",
    "flatten",
    {"type": "dense", "units": 40},
    {"type": "reshape", "shape": [2, 4, 5]},
]
LAST = "runs/run/checkpoints/last.safetensors"
KINDS = ["uint8", "float64", "float32"]


def pictures(kind: str) -> np.ndarray:
    """(N, 2, 4, 5): two channels on different scales."""
    x = np.random.default_rng(3).random((TRAIN + TEST, 2, 4, 5))
    x[:, 1] **= 3
    return (x * 255).astype(np.uint8) if kind == "uint8" else (x * [[[1000.0]], [[-7.0]]] + 5).astype(kind)


def scaled(x: np.ndarray, train: np.ndarray, *, standardize: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a network gets, and the mean and deviation that its answers are brought back with."""
    axes = (0, 2, 3) if x.ndim == 4 else (0,)
    mean, deviation = (of(train.astype(float), axis=axes, keepdims=True) for of in (np.mean, np.std))
    if not standardize:
        mean, deviation = np.zeros_like(mean), np.full_like(deviation, 255 if x.dtype == np.uint8 else 1)
    return (x - mean) / deviation, mean, deviation


def of_values(values: np.ndarray, y: np.ndarray) -> dict[str, float]:
    error, y = values - y.astype(float), y.astype(float)
    axes = (0, *range(2, y.ndim))
    shares = (error**2).sum(axis=axes) / ((y - y.mean(axis=axes, keepdims=True)) ** 2).sum(axis=axes)
    roots = np.sqrt((error**2).mean(axis=axes))
    return {"mse": (error**2).mean(), "rmse": roots.mean(), "mae": np.abs(error).mean(), "r2": 1 - shares.mean()}


def trained(ask, folder, kind: str, **more) -> np.ndarray:
    x = pictures(kind)
    np.savez("train.npz", x=x[TEST:])
    np.savez("test.npz", x=x[:TEST], y=["nobody reads this"] * TEST)
    dataset = {"type": "npz", "task": "reconstruction", "train": "train.npz", "test": "test.npz"}
    settings = {"workers": 1, **more.pop("training", {})}
    write_config(folder / "c.yaml", dataset | more, LAYERS, "mse", **settings)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    return x


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_is_the_example(ask, folder, kind, standardize, workers, monkeypatch):
    """Over several blocks of examples, in the units of the pixels."""
    monkeypatch.setattr(reconstruction, "NUMBERS", 250 * 40)
    x = trained(ask, folder, kind, standardize=standardize, training={"workers": workers, "dtype": "float64"})
    inputs, mean, deviation = scaled(x, x[TEST:], standardize=standardize)
    scores = scores_of(LAYERS[:4], weights_in(folder / LAST), inputs[:TEST]).reshape(-1, 2, 4, 5)
    values = scores * deviation + mean
    said = json_of(ask("evaluate", LAST, "--json"))
    assert said["loss"] == pytest.approx(((scores - inputs[:TEST]) ** 2).mean(), rel=1e-6)
    for name, figure in of_values(values, x[:TEST]).items():
        assert said[name] == pytest.approx(figure, rel=1e-6), name
    assert [row["target"] for row in said["targets"]] == ["channel_1", "channel_2"]
    assert "classes" not in said
    ask("predict", LAST, "test.npz", "--output", "answers.npy")
    np.testing.assert_allclose(np.load("answers.npy"), values, rtol=1e-6, atol=1e-6 * deviation.max())
    rows = records_in(ask("predict", LAST, "test.npz", "--format", "csv"), ".csv")
    named = [[float(row[f"value_{k}"]) for k in range(1, 41)] for row in rows]
    np.testing.assert_allclose(named, values.reshape(TEST, -1), rtol=1e-4, atol=1e-4 * deviation.max())
    far = np.sqrt(((values - x[:TEST]) ** 2).mean(axis=(1, 2, 3)))
    rows = records_in((folder / "runs/run/mistakes-test.csv").read_text(), ".csv")
    worst = np.argsort(-far, kind="stable")[:50]
    assert [row["source"] for row in rows] == [f"test.npz[{k}]" for k in worst]
    np.testing.assert_allclose([float(row["error"]) for row in rows], far[worst], rtol=1e-6)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_figures_of_an_epoch(ask, folder, workers):
    """Of weights that stay as they were drawn, over all steps of the epoch, and over held out examples."""
    x = trained(
        ask, folder, "uint8", validation="test.npz", training={"workers": workers, "epochs": 1, "max_steps": None}
    )
    model = Model.load(folder / LAST)
    (row,) = records_in((folder / "runs/run/metrics.csv").read_text(), ".csv")
    expected = of_values(model.predict(x[:TEST]), x[:TEST])
    assert float(row["val_r2"]) == pytest.approx(expected["r2"], rel=1e-4)
    assert float(row["val_rmse"]) == pytest.approx(expected["rmse"], rel=1e-4)
    ask("train", "c.yaml", "--name", "still", "--quiet", "--set", "optimizer.lr=1e-30")
    (row,) = records_in((folder / "runs/still/metrics.csv").read_text(), ".csv")
    values = Model.load(folder / "runs/still/checkpoints/last.safetensors").predict(x[TEST:])
    _, _, deviation = scaled(x, x[TEST:], standardize=True)
    loss = (((values - x[TEST:]) / deviation) ** 2).mean()
    assert float(row["train_loss"]) == pytest.approx(loss, rel=1e-5)
    assert float(row["train_rmse"]) == pytest.approx(of_values(values, x[TEST:])["rmse"], rel=1e-5)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_resumed_training_is_the_same_to_the_byte(ask, folder, workers):
    augment = [{"type": "shift", "pixels": 1}]
    trained(ask, folder, "uint8", augment=augment, training={"epochs": 3, "workers": workers})
    whole = (folder / LAST).read_bytes()
    ask("train", "c.yaml", "--name", "cut", "--quiet", "--set", "training.epochs=1")
    ask("train", "--resume", "cut", "--quiet", "--set", "training.epochs=3")
    parts = weights_in(folder / "runs/cut/checkpoints/last.safetensors")
    np.testing.assert_equal(parts, weights_in(folder / LAST))
    ask("train", "c.yaml", "--name", "again", "--quiet")
    assert whole == (folder / LAST).read_bytes()
    np.testing.assert_equal(weights_in(folder / "runs/again/checkpoints/last.safetensors"), parts)


def test_vectors_are_given_back_feature_by_feature(ask, folder):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(TRAIN, 4)) * [1, 1000, 1e-3, 1] + [0, 5e4, 1, 0]
    x[:, 3] = 3
    np.save("x.npy", x)
    dataset = {"type": "npz", "task": "reconstruction", "train": "x.npy", "test": 0.25}
    layers = [{"type": "dense", "units": 2}, {"type": "dense", "units": "auto"}]
    write_config(folder / "c.yaml", dataset, layers, "mse", dtype="float64")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", LAST, "--json"))
    assert [row["target"] for row in said["targets"]] == ["value_1", "value_2", "value_3", "value_4"]
    assert said["targets"][3]["r2"] is None
    values = Model.load(folder / LAST).predict(x)
    rows = records_in((folder / "runs/run/mistakes-test.csv").read_text(), ".csv")
    held = [int(row["source"].removesuffix("]").partition("[")[2]) for row in rows]
    assert len(set(held)) == len(rows) == 50
    kept = np.setdiff1d(np.arange(TRAIN), held)
    deviation = np.where(x[kept].std(axis=0) > 0, x[kept].std(axis=0), 1)
    far = np.sqrt((((values - x) / deviation) ** 2).mean(axis=1))[held]
    np.testing.assert_allclose([float(row["error"]) for row in rows], far, rtol=1e-8)
    assert (np.diff(far) <= 0).all()
    assert not (folder / "runs/run/reconstructions-test.png").exists()


def test_other_units_than_those_of_the_training(ask, folder):
    """Bytes where the training had numbers from 0 to 1."""
    x = pictures("uint8")
    np.savez("train.npz", x=(x[TEST:] / 255).astype(np.float32))
    np.savez("test.npz", x=x[:TEST])
    dataset = {"type": "npz", "task": "reconstruction", "train": "train.npz", "test": "test.npz"}
    write_config(folder / "c.yaml", dataset, LAYERS, "mse")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", LAST, "--json"))
    values = Model.load(folder / LAST).predict(x[:TEST])
    for name, figure in of_values(values, x[:TEST] / 255).items():
        assert said[name] == pytest.approx(figure, rel=1e-4), name


def test_the_picture_shows_what_comes_back(ask, folder):
    x = trained(ask, folder, "uint8")
    evaluation = evaluate(folder / LAST, Locator(folder))
    _, bands = evaluation.drawings()["reconstructions"]
    assert json.loads(json.dumps(bands)) == bands
    values = Model.load(folder / LAST).predict(x[:TEST])
    far = np.sqrt(((values - x[:TEST]) ** 2).mean(axis=(1, 2, 3)))
    order = np.argsort(far, kind="stable")
    assert [band["name"] for band in bands] == ["best", "at random", "worst"]
    for band, rows in ((bands[0], order[:10]), (bands[2], order[::-1][:10])):
        np.testing.assert_allclose([pair["error"] for pair in band["pairs"]], far[rows], rtol=1e-5)
        for pair, row in zip(band["pairs"], rows, strict=True):
            original, back = (np.array(picture)[:, :, 0] for picture in pair["pictures"])
            np.testing.assert_allclose(original, x[row].mean(axis=0), atol=0.51)
            np.testing.assert_allclose(back, values[row].mean(axis=0).clip(0, 255), atol=0.51)
    assert evaluation.confusion is None
    assert set(evaluation.drawings()) == {"reconstructions"}


@pytest.mark.parametrize(
    ("dataset", "shape", "count", "source"),
    [
        ({"type": "npz", "train": {"x": "x.npy"}}, [1, 4, 5], 60, "x.npy["),
        ({"type": "npz", "train": "named.npz", "keys": {"x": "faces"}}, [1, 4, 5], 60, "named.npz["),
        ({"type": "npz", "train": "pair.npz", "test": 0.2}, [1, 4, 5], 12, "pair.npz["),
        ({"type": "npz", "train": "sets.npz"}, [1, 4, 5], 20, "sets.npz: test["),
        ({"type": "npz", "train": "halves.npz"}, [1, 4, 5], 20, "halves.npz: test["),
        ({"type": "digits", "limit": 60}, [1, 8, 8], 360, "digits: test["),
        ({"type": "images", "train": "folder", "test": 0.3, "size": [4, 5], "channels": 3}, [3, 4, 5], 12, "folder/"),
        ({"type": "mnist", "fallback": "digits", "limit": 60}, [1, 28, 28], 360, "digits: test["),
    ],
)
def test_where_examples_come_from(ask, folder, dataset, shape, count, source):
    x = pictures("float32")[:60, 0]
    np.save("x.npy", x)
    np.savez("named.npz", faces=x, others=x)
    np.savez("pair.npz", x=x, y=np.arange(60.0))
    np.savez("sets.npz", x_train=x[:40], y_train=x[:40], x_test=x[40:], y_test=np.arange(20))
    np.savez("halves.npz", x_train=x[:40], x_test=x[40:])
    write_pictures(folder / "folder", 20)
    layers = ["flatten", {"type": "dense", "units": int(np.prod(shape))}, {"type": "reshape", "shape": shape}]
    write_config(folder / "c.yaml", {"task": "reconstruction", **dataset}, layers, "mse", epochs=1)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    split = "train" if count == 60 else "test"
    said = json_of(ask("evaluate", "run", "--split", split, "--json"))
    assert said["examples"] == count
    assert (folder / f"runs/run/reconstructions-{split}.png").exists()
    assert not (folder / f"runs/run/confusion-{split}.csv").exists()
    rows = records_in((folder / f"runs/run/mistakes-{split}.csv").read_text(), ".csv")
    assert len({row["source"] for row in rows}) == len(rows) == min(50, count)
    assert all(row["source"].startswith(source) for row in rows)


@pytest.mark.parametrize("workers", [1, 2])
def test_weights_count_in_the_training(ask, folder, workers):
    """With weights that stay, the loss of an epoch is the weighted mean of the errors."""
    x, weight = pictures("float32")[:70].reshape(70, 40), np.random.default_rng(1).random(70)
    np.savez("data.npz", faces=x, w=weight)
    dataset = {"type": "npz", "train": "data.npz", "keys": {"x": "faces", "weight": "w"}, "task": "reconstruction"}
    layers = [{"type": "dense", "units": 40}]
    write_config(folder / "c.yaml", dataset, layers, "mse", workers=workers)
    ask("train", "c.yaml", "--name", "run", "--quiet", "--set", "optimizer.lr=1e-25")
    inputs, *_ = scaled(x, x, standardize=True)
    errors = ((scores_of(layers, weights_in(folder / LAST), inputs) - inputs) ** 2).mean(axis=1)
    for row in table_of(folder / "runs/run/metrics.csv"):
        assert row["train_loss"] == pytest.approx((weight * errors).mean() / weight.mean(), rel=1e-5)


def test_an_augmentation_changes_the_example_and_so_the_answer():
    x = pictures("uint8")[:20]
    examples = Examples(x, np.empty((20, 0)))
    spec = DataSpec(x.shape[1:], None, x.shape[1:], reconstruction=True)
    known = measured(spec, examples, standardize=True, transform="standardize")
    batches = Batches(x, examples.y, known, np.dtype(np.float32), (Shift(2),))
    batches.start_epoch(0, 0)
    plain = Batches(x, examples.y, known, np.dtype(np.float32)).take(np.arange(20))[0].copy()
    inputs, target = batches.take(np.arange(20))
    assert not np.array_equal(inputs, plain)
    np.testing.assert_array_equal(inputs.reshape(-1, 20), target)
    wanted = target[:, 3:7].copy()
    np.testing.assert_array_equal(batches.target(slice(3, 7)), wanted)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (LAYERS[:4], r"gives 40 outputs, but task: reconstruction needs what examples are, images of shape "
         r"\(2, 4, 5\)\. End with {type: reshape, shape: \[2, 4, 5\]}"),
        (LAYERS[:2], r"back to 4 x 5 pixels, by upsample2d for example, and end with {type: conv2d, filters: 2,"),
        ([{"type": "conv2d", "filters": 3, "kernel_size": 1}], r"End with {type: conv2d, filters: 2, kernel_size: 3"),
        (["flatten", {"type": "dense", "units": 7}], r"End with {type: dense, units: 40} and {type: reshape"),
    ],
)  # fmt: skip
def test_another_shape_is_told(ask, folder, layers, message):
    np.savez("train.npz", x=pictures("uint8"))
    dataset = {"type": "npz", "task": "reconstruction", "train": "train.npz"}
    write_config(folder / "c.yaml", dataset, layers, "mse")
    with pytest.raises(AssertionError, match=message):
        ask("check", "c.yaml")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("loss=cross_entropy", r"loss \(cross_entropy\): is of classes, task: reconstruction has values to predict"),
        ("dataset.target_transform=none", r"target_transform: none: task: reconstruction gives back what standardize"),
        ("dataset.target_transform=log", r"target_transform: log: task: reconstruction gives back what standardize"),
        ("dataset.standardize=robust", r"robust bends the inputs, which task: reconstruction could not undo"),
        ("training.metrics=[accuracy]", r"accuracy is a metric of classes"),
        ("training.sampling=balanced", r"balanced draws every class as often"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(ask, folder, option, message):
    np.savez("train.npz", x=np.random.default_rng(0).random((50, 6)))
    dataset = {"type": "npz", "task": "reconstruction", "train": "train.npz"}
    write_config(folder / "c.yaml", dataset, [{"type": "dense", "units": 6}], "mse")
    ask("check", "c.yaml")
    with pytest.raises(AssertionError, match=message):
        ask("check", "c.yaml", "--set", option)


def test_folds_and_other_tasks_are_refused(ask, folder):
    np.savez("train.npz", x=pictures("uint8"))
    dataset = {"type": "npz", "task": "reconstruction", "train": "train.npz"}
    write_config(folder / "c.yaml", dataset, LAYERS, "mse")
    with pytest.raises(AssertionError, match=r"dataset.task: reconstruction has no answers for a table of folds"):
        ask("train", "c.yaml", "--folds", "3")
    write_config(folder / "d.yaml", {"type": "digits", "task": "regression"}, LAYERS, "mse")
    with pytest.raises(AssertionError, match=r"dataset.task: expected 'auto' or 'reconstruction', got 'regression'"):
        ask("check", "d.yaml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": ["a", "b"]}, r"mse is no loss of classes"),
        ({"reconstruction": "yes"}, r"reconstruction"),
        ({"transform": {"log": True}}, r"logarithms and bent features are not reconstructed"),
        ({"standardizer": {"bend": [[[0.3]], [[0.3]]]}}, r"logarithms and bent features are not reconstructed"),
    ],
)
def test_what_no_training_writes_is_refused(ask, folder, change, message):
    trained(ask, folder, "uint8")
    saved = checkpoint.read(folder / LAST)
    data = saved.state["data"]
    changed = {key: {**data[key], **value} if isinstance(value, dict) else value for key, value in change.items()}
    checkpoint.write(folder / "other.safetensors", saved.tensors, {**saved.state, "data": {**data, **changed}})
    with pytest.raises(AssertionError, match=message):
        ask("evaluate", "other.safetensors")


def test_a_network_of_another_shape_reconstructs_nothing(ask, folder):
    x = pictures("float32")
    np.savez("train.npz", x=x, y=x[:, :1])
    layers = [{"type": "conv2d", "filters": 1, "kernel_size": 1}]
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, layers, "mse", epochs=1)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    saved = checkpoint.read(folder / LAST)
    state = {**saved.state, "data": {**saved.state["data"], "reconstruction": True}}
    checkpoint.write(folder / "other.safetensors", saved.tensors, state)
    with pytest.raises(AssertionError, match=r"is no reconstruction of the examples that the network takes"):
        ask("evaluate", "other.safetensors")
