"""Whole networks learn what PyTorch learns: a ResNet-20 and an autoencoder, 30 steps (golden/make_trainings.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnfs_cli import MSE, SGD, Adam, CrossEntropy, Model
from tests.nn.golden.small import (
    BATCH,
    CLASSES,
    DRAWING,
    EPOCHS,
    FAST,
    PICTURE,
    SLOW,
    digest,
    drawings,
    pictures,
    weight,
)
from tests.nn.layer_cases import make

GOLDEN = json.loads((Path(__file__).parent / "golden" / "trainings.json").read_text())
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


def conv(filters: int, stride: int = 1) -> list[Any]:
    return [
        {"type": "conv2d", "filters": filters, "kernel_size": 3, "stride": stride, "padding": 1, "bias": False},
        "batch_norm",
    ]


def block(filters: int, stride: int) -> list[Any]:
    way = [{"type": "conv2d", "filters": filters, "kernel_size": 1, "stride": stride, "bias": False}, "batch_norm"]
    layers = [*conv(filters, stride), "relu", *conv(filters)]
    return [{"type": "residual", "layers": layers, **({"shortcut": way} if stride > 1 else {})}, "relu"]


RESNET20 = [
    *conv(16),
    "relu",
    *(
        layer
        for filters in (16, 32, 64)
        for n in range(3)
        for layer in block(filters, 2 if n < 1 < filters // 16 else 1)
    ),
    "global_avg_pool2d",
    {"type": "dense", "units": CLASSES},
]
DOWN, SAME = {"stride": 2, "padding": 1}, {"padding": 1}
AUTOENCODER = [
    *({"type": "conv2d", "filters": 8, "kernel_size": 3, **DOWN}, "relu"),
    *({"type": "conv2d", "filters": 16, "kernel_size": 3, **DOWN}, "relu", "flatten", {"type": "dense", "units": 12}),
    *({"type": "dense", "units": 64}, "relu", {"type": "reshape", "shape": (16, 2, 2)}, "upsample2d"),
    *({"type": "conv2d", "filters": 8, "kernel_size": 3, **SAME}, "silu", "upsample2d"),
    *({"type": "conv2d", "filters": 1, "kernel_size": 3, **SAME}, "sigmoid"),
]


def trained(
    layers: list[Any], shape: tuple[int, ...], x: np.ndarray, y: np.ndarray, dtype: str, **settings: Any
) -> dict:
    """The mean loss of each epoch, and all that is saved of the weights."""
    model = Model([make(layer) for layer in layers], shape, dtype=dtype)
    for name, variable in model.network.variables().items():
        variable.value[...] = weight(name, variable.shape)
    common = {"epochs": EPOCHS, "batch_size": BATCH, "shuffle": False, "target_transform": "none"}
    rows = model.fit(x.astype(dtype), y, **common, **settings)
    saved = {**model.network.variables(), **model.network.states()}
    return {
        "losses": [row["train_loss"] for row in rows],
        "weights": {name: digest(value.value) for name, value in saved.items()},
    }


def compare(found: dict, golden: dict, tolerance: float) -> None:
    per_epoch = np.array(golden["losses"]).reshape(EPOCHS, -1).mean(axis=1)
    np.testing.assert_allclose(found["losses"], per_epoch, rtol=tolerance)
    assert found["weights"].keys() == golden["weights"].keys()
    for name, value in golden["weights"].items():
        np.testing.assert_allclose(found["weights"][name], value, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(("name", "lr", "dtype"), [("resnet20", FAST, "float64"), ("slow resnet20", SLOW, "float32")])
def test_resnet20(name, lr, dtype):
    settings = {
        "optimizer": SGD(lr=lr, momentum=0.9, nesterov=True, weight_decay=5e-4),
        "loss": CrossEntropy(label_smoothing=0.1),
    }
    compare(trained(RESNET20, PICTURE, *pictures(), dtype, **settings), GOLDEN[name], TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_autoencoder(dtype):
    x = drawings()
    found = trained(AUTOENCODER, DRAWING, x, x, dtype, optimizer=Adam(lr=1e-3), loss=MSE())
    compare(found, GOLDEN["autoencoder"], TOLERANCE[dtype])
