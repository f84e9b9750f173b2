"""Layers compute what PyTorch computes: outputs, gradients, statistics and predictions (golden/make_layers.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.nn.network import Network
from tests.nn.layer_cases import TRAINING, make

GOLDEN = json.loads((Path(__file__).parent / "golden" / "layers.json").read_text())
CONV = {"type": "conv2d", "kernel_size": 3}
CONFIGS = {
    "batch_norm images": {"type": "batch_norm", "momentum": 0.3, "eps": 1e-3},
    "layer_norm images": {"type": "layer_norm", "eps": 1e-3},
    "group_norm": {"type": "group_norm", "groups": 2},
    "avg_pool2d": {"type": "avg_pool2d", "size": (3, 2), "stride": (2, 1)},
    "conv2d with gaps": {**CONV, "filters": 3, "kernel_size": (2, 3), "padding": (1, 2), "dilation": (3, 2)},
    "conv2d in groups": {**CONV, "filters": 6, "kernel_size": (3, 2), "stride": (2, 1), "padding": 1, "groups": 2},
    "conv2d by channel": {**CONV, "filters": 8, "stride": 2, "padding": 2, "dilation": 2, "groups": 4},
    "conv1d in groups": {
        **{"type": "conv1d", "filters": 4, "kernel_size": 3, "stride": 2},
        **{"padding": 2, "dilation": 2, "groups": 2},
    },
    "conv1d by channel": {"type": "conv1d", "filters": 6, "kernel_size": 4, "padding": 3, "groups": 6},
    "leaky_relu": {"type": "leaky_relu", "negative_slope": 0.2},
    "elu": {"type": "elu", "alpha": 0.7},
}
DIGITS = {np.float64: {"rtol": 1e-9, "atol": 1e-10}, np.float32: {"rtol": 1e-4, "atol": 2e-5}}


def batch_last(values: list) -> np.ndarray:
    return np.moveaxis(np.array(values), 0, -1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", GOLDEN)
def test_layer(name, dtype):
    golden, layer = GOLDEN[name], make(CONFIGS.get(name, {"type": name}))
    x = [batch_last(batch).astype(dtype) for batch in golden["x"]]
    network = Network([layer], x[0].shape[:-1], dtype=dtype)
    network.allocate()
    for key, value in golden["weights"].items():
        layer.variables[key].value[...] = value
    for batch in x:
        y = network.forward(batch, TRAINING)
    dx = layer.backward(batch_last(golden["dy"]).astype(dtype), TRAINING)
    assert {*layer.variables} == {*golden["grads"]}
    assert {*layer.states} == {*golden["states"]}
    np.testing.assert_allclose(y, batch_last(golden["y"]), **DIGITS[dtype])
    np.testing.assert_allclose(dx, batch_last(golden["dx"]), **DIGITS[dtype])
    for key, value in golden["grads"].items():
        np.testing.assert_allclose(layer.variables[key].grad, value, **DIGITS[dtype])
    for key, value in golden["states"].items():
        np.testing.assert_allclose(layer.states[key].value, value, **DIGITS[dtype])
    np.testing.assert_allclose(network.forward(x[0]), batch_last(golden["predicted"]), **DIGITS[dtype])
