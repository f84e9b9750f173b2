"""Networks of blocks answer and measure as NumPy computes it from their weights, over several batches of examples."""

from __future__ import annotations

import numpy as np
import pytest

from tests.answers.asking import json_of, records_in
from tests.answers.independent.network import scores_of, softmax, weights_in
from tests.answers.tables import write_config

TEST, CLASSES = 600, 3


def dense(units: int) -> dict:
    return {"type": "dense", "units": units}


def conv(filters: int) -> dict:
    return {"type": "conv2d", "filters": filters, "kernel_size": 3}


VECTORS = [
    dense(6),
    {"type": "residual", "layers": ["relu", {"type": "residual", "layers": ["relu", dense(6)]}, dense(6)]},
    {"type": "residual", "layers": [dense(8), "relu", dense(5)], "shortcut": [dense(5)]},
    dense(CLASSES),
]
IMAGES = [
    conv(2),
    {"type": "residual", "layers": ["relu", conv(4)], "shortcut": [conv(4), "relu"]},
    "flatten",
    dense(CLASSES),
]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("layers", "shape"), [(VECTORS, (7,)), (IMAGES, (1, 8, 8))], ids=["vectors", "images"])
def test_blocks(ask, folder, layers, shape, workers):
    rng = np.random.default_rng(5)
    y = np.arange(TEST + 300) % CLASSES
    x = (rng.normal(size=(len(y), *shape)) + y.reshape(-1, *np.ones_like(shape)) - 1).astype(np.float32)
    np.savez("train.npz", x=x[TEST:], y=y[TEST:])
    np.savez("test.npz", x=x[:TEST], y=y[:TEST])
    dataset = {"type": "npz", "train": "train.npz", "test": "test.npz", "standardize": False}
    write_config(folder / "c.yaml", dataset, layers, "cross_entropy", workers=workers)
    ask("train", "c.yaml", "--name", "run", "--quiet")
    scores = scores_of(layers, weights_in(folder / "runs/run/checkpoints/best.safetensors"), x[:TEST].astype(float))
    p, answers = softmax(scores), scores.argmax(axis=1)
    said = json_of(ask("evaluate", "run", "--json"))
    assert said["accuracy"] == np.mean(answers == y[:TEST])
    assert said["loss"] == pytest.approx(-np.log(p[np.arange(TEST), y[:TEST]]).mean(), rel=1e-5)
    rows = records_in(ask("predict", "run", "test.npz", "--format", "csv"), ".csv")
    assert [row["label"] for row in rows] == [str(answer) for answer in answers]
    np.testing.assert_allclose([float(row["probability"]) for row in rows], p.max(axis=1), rtol=1e-4)
    ask("predict", "run", "test.npz", "--output", "answers.npy")
    np.testing.assert_allclose(np.load("answers.npy"), p, atol=1e-5)
