"""Targets of any mean and deviation are learned alike, and answered and measured in their own units."""

from __future__ import annotations

import numpy as np
import pytest

from tests.answers.asking import answers_in, json_of, table_of
from tests.answers.independent.figures import of_values
from tests.answers.independent.network import scores_of, weights_in
from tests.answers.independent.preparation import input_scale, target_scale
from tests.answers.tables import layers_of, write_config

SCALES = {
    "300000±60000": (3e5, 6e4),
    "1e6±1": (1e6, 1.0),
    "0±1": (0.0, 1.0),
    "1e8±1": (1e8, 1.0),
    "0±1e-4": (0.0, 1e-4),
}
EXAMPLES = 400


@pytest.fixture(scope="module")
def split() -> tuple[np.ndarray, np.ndarray]:
    """x (800, 3) and a noisy function of it with mean about 0 and deviation about 1, (800,)."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2 * EXAMPLES, 3))
    y = np.sin(1.5 * x[:, 0]) + 0.6 * x[:, 1] * (x[:, 2] > 0) + 0.1 * rng.normal(size=len(x))
    return x, (y - y.mean()) / y.std()


def write_table(path, x, y):
    lines = [",".join(map(repr, [*row, value])) for row, value in zip(x.tolist(), y.tolist(), strict=True)]
    path.write_text("\n".join(["a,b,c,price", *lines, ""]))


def train(ask, folder, x, y, **keys):
    write_table(folder / "train.csv", x[:EXAMPLES], y[:EXAMPLES])
    write_table(folder / "test.csv", x[EXAMPLES:], y[EXAMPLES:])
    dataset = {"type": "csv", "train": "train.csv", "test": "test.csv", "validation": "test.csv", "target": "price"}
    write_config(folder / "c.yaml", {**dataset, **keys}, layers_of(1), "mse", epochs=15, monitor="val_loss")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    return json_of(ask("evaluate", "run", "--json"))


def test_the_same_r2_whatever_the_unit(split, ask, folder, tmp_path_factory, monkeypatch):
    x, y = split
    found, answers = {}, {}
    for name, (mean, deviation) in SCALES.items():
        folder = tmp_path_factory.mktemp("scale")
        monkeypatch.chdir(folder)
        said = train(ask, folder, x, mean + deviation * y)
        ask("predict", "run", "test.csv", "--output", "answers.npy")
        ask("predict", "run", "test.csv", "--output", "answers.csv")
        values = answers_in(folder / "answers.npy", (), None)
        answers[name] = (values - mean) / deviation
        wanted = of_values(values, mean + deviation * y[EXAMPLES:, None])
        assert {key: said[key] for key in wanted} == pytest.approx(wanted, rel=1e-6, abs=1e-6 * deviation), name
        assert table_of(folder / "runs/run/metrics.csv")[-1]["val_r2"] > 0.5, name
        printed = answers_in(folder / "answers.csv", ("price",), None)
        np.testing.assert_allclose(printed, values, rtol=0, atol=1e-3 * deviation, err_msg=name)
        found[name] = said["r2"]
    assert max(found.values()) - min(found.values()) < 0.005, found
    assert min(found.values()) > 0.7
    for name, values in answers.items():
        np.testing.assert_allclose(values, answers["0±1"], rtol=0, atol=0.05, err_msg=name)


def test_without_a_transform_the_loss_is_the_squared_error(split, ask, folder):
    x, y = split
    said = train(ask, folder, x, 3 + 2 * y, target_transform="none")
    assert said["loss"] == pytest.approx(said["mse"], rel=1e-5)
    ask("predict", "run", "test.csv", "--output", "answers.npy")
    assert said["mse"] == pytest.approx(np.mean((np.load("answers.npy")[:, 0] - 3 - 2 * y[EXAMPLES:]) ** 2), rel=1e-5)


@pytest.mark.parametrize("transform", ["standardize", "none"])
def test_r2_of_a_target_that_never_varies_is_not_told(split, ask, folder, transform):
    x, y = split
    both = np.stack([y, np.full_like(y, 7.1)], axis=1)
    np.savez(folder / "train.npz", x=x[:EXAMPLES], y=both[:EXAMPLES])
    np.savez(folder / "test.npz", x=x[EXAMPLES:], y=both[EXAMPLES:])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "validation": "test.npz"}
    write_config(folder / "c.yaml", {**dataset, "target_transform": transform}, layers_of(2), "mse")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", "run", "--json"))
    ask("predict", "run", "test.npz", "--output", "answers.npy")
    values = answers_in(folder / "answers.npy", (), None)
    assert said["r2"] is None
    assert (said["mse"], said["mae"]) == pytest.approx(
        (np.mean((values - both[EXAMPLES:]) ** 2), np.mean(np.abs(values - both[EXAMPLES:]))), rel=1e-6
    )
    row = table_of(folder / "runs/run/metrics.csv")[-1]
    assert (row["train_r2"], row["val_r2"]) == (None, None)
    if transform == "standardize":
        assert said["loss"] == pytest.approx(
            np.mean(((values - both[EXAMPLES:]) / [y[:EXAMPLES].std(), 1]) ** 2), rel=1e-5
        )


@pytest.mark.parametrize("workers", [1, 2])
def test_many_outputs_are_answered_and_measured_in_their_own_units(workers, ask, folder):
    rng = np.random.default_rng(9)
    x, units = rng.normal(size=(600, 4)), 10.0 ** np.arange(-10, 10)
    y = units * (x @ rng.normal(size=(4, 20)) + rng.normal(size=(600, 20)) + 5)
    for name, rows in (("train", slice(0, 300)), ("test", slice(300, 600))):
        np.savez(folder / f"{name}.npz", x=x[rows], y=y[rows])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "validation": "test.npz"}
    write_config(folder / "c.yaml", dataset, layers_of(20), "mse", workers=workers, monitor="val_r2")
    ask("train", "c.yaml", "--name", "run", "--quiet")
    said = json_of(ask("evaluate", "run", "--json"))
    ask("predict", "run", "test.npz", "--output", "answers.npy")
    values = np.load("answers.npy")
    scaled = target_scale(y[:300], standardize=True)
    layers, weights = layers_of(20), weights_in(folder / "runs/run/checkpoints/best.safetensors")
    answers = scaled.undo(scores_of(layers, weights, input_scale(x[:300], standardize=True).apply(x[300:])))
    np.testing.assert_allclose(values / units, answers / units, rtol=0, atol=1e-4)
    wanted = of_values(answers, y[300:])
    assert {key: said[key] for key in wanted} == pytest.approx(wanted, rel=1e-4)
    best = max(table_of(folder / "runs/run/metrics.csv"), key=lambda row: row["val_r2"])
    assert (best["val_rmse"], best["val_r2"]) == pytest.approx((wanted["rmse"], wanted["r2"]), rel=1e-4)


@pytest.mark.parametrize("mean", [0.0, 1e4])
def test_the_r2_of_an_epoch_is_that_of_evaluate_where_targets_are_not_transformed(mean, split, ask, folder):
    x, y = split
    said = train(ask, folder, x, mean + y, target_transform="none")
    best = min(table_of(folder / "runs/run/metrics.csv"), key=lambda row: row["val_loss"])
    assert (best["val_rmse"], best["val_r2"]) == pytest.approx((said["rmse"], said["r2"]), rel=1e-4)
