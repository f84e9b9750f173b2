"""Build: what does not fit together is told with its place, all at once, before data or memory is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli.build import build, build_parts
from nnfs_cli.config import load
from nnfs_cli.data.sources.base import Locator
from nnfs_cli.data.sources.digits import Digits
from nnfs_cli.errors import ConfigError

TEXT = """\
dataset:
  type: {dataset}
model:
  layers:
    - {first}
    - {{type: dense, units: 30}}
    - relu
    - {last}
loss: {loss}
training:
  epochs: 1
  monitor: {monitor}
"""
PARTS = {
    "dataset": "digits",
    "first": "flatten",
    "last": "{type: dense, units: 10}",
    "loss": "cross_entropy",
    "monitor": "val_loss",
}
RATE = "optimizer={type: adam, lr: 0.01}"


@pytest.fixture
def locator(tmp_path, monkeypatch) -> Locator:
    """A data directory with values to predict; a working directory with x.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNFS_OFFLINE", "1")
    np.savez(tmp_path / "values.npz", x=np.ones((20, 4), np.float32), y=np.ones((20, 2), np.float32))
    return Locator(tmp_path)


def config(*overrides: str, **parts: str) -> Any:
    Path("x.yaml").write_text(TEXT.format(**{**PARTS, **parts}))
    return load(Path("x.yaml"), [RATE, *overrides])


def problems(locator: Locator, *overrides: str, **parts: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        build_parts(config(*overrides, **parts), locator)
    return refused.value.problems


VALUES = "npz\n  train: values.npz"


def test_what_fits_is_made(locator):
    parts = build_parts(config(), locator)
    recipe = parts.recipe
    assert [layer.output_shape for layer in recipe.network.layers] == [(64,), (30,), (30,), (10,)]
    names = (recipe.loss.type_name, recipe.optimizer.lr, recipe.scheduler.type_name)
    assert names == ("cross_entropy", 0.01, "constant")
    assert not hasattr(recipe.network, "values")


def test_nothing_is_read_before_it_all_fits(locator, monkeypatch):
    monkeypatch.setattr(Digits, "load", lambda *_, **known: pytest.fail("the data was read"))
    with pytest.raises(ConfigError):
        build(config(last="relu"), locator)


def test_a_task_has_data_and_memory(locator):
    task = build(config("dataset.limit=50", "dataset.validation=10", "seed=4"), locator)
    assert {name: len(split) for name, split in task.dataset.splits.items()} == {
        "train": 40,
        "validation": 10,
        "test": 360,
    }
    assert task.recipe.network.values.shape == (64 * 30 + 30 + 30 * 10 + 10,)
    assert task.recipe.network.seed == 4


def test_data_is_prepared_as_the_configuration_says(locator):
    dataset = build(config("dataset.standardize=false", "dataset.limit=20", "dataset.validation=0"), locator).dataset
    assert dataset.preparation.standardizer.deviation.tolist() == [[[255.0]]]
    assert len(dataset.splits["train"]) == 20
    assert "validation" not in dataset.splits


@pytest.mark.parametrize(
    ("parts", "sentences"),
    [
        (
            {"last": "{type: dense, units: 9}"},
            ["x.yaml:8: model.layers[3] (dense): gives 9 outputs, but digits has 10 classes. Set its units to 10."],
        ),
        (
            {"last": "relu"},
            [
                "x.yaml:8: model.layers[3] (relu): gives 30 outputs, but digits has 10 classes. "
                "End with flatten and {type: dense, units: 10}."
            ],
        ),
        (
            {"first": "relu"},
            [
                "x.yaml:6: model.layers[1] (dense): takes vectors, got images of shape (1, 8, 8). "
                "Put a flatten layer before it."
            ],
        ),
        (
            {"last": "{type: conv2d, filters: 3, kernel_size: 3}"},
            [
                "x.yaml:8: model.layers[3] (conv2d): takes images (channels, height, width), "
                "got vectors of 30 features. Put it before the flatten layer; for rows of a table use dense layers."
            ],
        ),
        (
            {"loss": "mse"},
            ["x.yaml:9: loss (mse): does not fit digits, which has classes. Use cross_entropy."],
        ),
        (
            {"loss": "mse", "monitor": "val_accuracy", "last": "relu"},
            [
                "x.yaml:8: model.layers[3] (relu): gives 30 outputs, but digits has 10 classes. "
                "End with flatten and {type: dense, units: 10}.",
                "x.yaml:9: loss (mse): does not fit digits, which has classes. Use cross_entropy.",
            ],
        ),
        (
            {"dataset": VALUES, "loss": "cross_entropy", "last": "{type: dense, units: 3}"},
            [
                "x.yaml:9: model.layers[3] (dense): gives 3 outputs, but npz has 2 values to predict. "
                "Set its units to 2.",
                "x.yaml:10: loss (cross_entropy): does not fit npz, which has values to predict. Use mse.",
            ],
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(locator, parts, sentences):
    assert list(problems(locator, **parts)) == sentences


def test_a_shape_error_does_not_hide_the_rest(locator):
    assert len(problems(locator, first="relu", loss="mse", monitor="train_r2")) == 3


def test_images_at_the_end(locator):
    only = "model.layers=[{type: conv2d, filters: 10, kernel_size: 3}]"
    assert problems(locator, only) == (
        f"--set {only}: model.layers[0] (conv2d): gives images of shape (10, 6, 6), but digits has 10 classes. "
        "End with flatten and {type: dense, units: 10}.",
    )


VALUE_PARTS = {"dataset": VALUES, "loss": "mse", "last": "{type: dense, units: 2}"}


@pytest.mark.parametrize("split", ["train", "val"])
def test_a_monitor_is_a_metric_of_the_kind_of_data(locator, split):
    for metric in ("loss", "accuracy"):
        build_parts(config(monitor=f"{split}_{metric}"), locator)
    for metric in ("loss", "rmse", "r2"):
        build_parts(config(monitor=f"{split}_{metric}", **VALUE_PARTS), locator)
    for metric in ("rmse", "r2"):
        (sentence,) = problems(locator, monitor=f"{split}_{metric}")
        assert sentence == (
            f"x.yaml:12: training.monitor: {metric} is a metric of values, and classes are predicted. Choose among "
            "accuracy, average_precision, balanced_accuracy, log_loss, macro_f1, matthews, roc_auc, top_5. "
            f"Write {split}_ before it, or use {split}_loss."
        )
    (sentence,) = problems(locator, monitor=f"{split}_accuracy", **VALUE_PARTS)
    assert sentence.startswith(
        "x.yaml:13: training.monitor: accuracy is a metric of classes, and values are predicted."
    )
    assert sentence.endswith(f"Choose among r2, mae, mape, mse, rmse. Write {split}_ before it, or use {split}_loss.")


def test_the_monitor_of_early_stopping(locator):
    stopping = "training.early_stopping={monitor: val_accuracy}"
    (sentence,) = problems(locator, stopping, **VALUE_PARTS)
    assert "training.early_stopping.monitor: accuracy is a metric of classes, and values are predicted." in sentence
