"""What `check` says of shapes, parameters and multiply-adds, counted by hand."""

from __future__ import annotations

import math

import numpy as np

from tests.answers.asking import json_of
from tests.answers.tables import write_config

LAYERS = [
    {"type": "conv2d", "filters": 4, "kernel_size": [3, 2], "stride": 2, "padding": 1},
    "relu",
    {"type": "max_pool2d", "size": 2},
    {"type": "dropout", "rate": 0.5},
    "flatten",
    {"type": "dense", "units": 10, "bias": False},
    "relu",
    {"type": "dense", "units": 3},
]
VECTORS = [{"type": "scale"}, {"type": "dense", "units": 3}, "selu", "mish"]
ROWS, COLUMNS = (9 + 2 - 3) // 2 + 1, (8 + 2 - 2) // 2 + 1
POOLED = (4, ROWS // 2, COLUMNS // 2)
FLAT = math.prod(POOLED)
WANTED = [
    ("conv2d", (4, ROWS, COLUMNS), 4 * 2 * 3 * 2 + 4, ROWS * COLUMNS * 4 * 2 * 3 * 2),
    ("relu", (4, ROWS, COLUMNS), 0, 0),
    ("max_pool2d", POOLED, 0, 0),
    ("dropout", POOLED, 0, 0),
    ("flatten", (FLAT,), 0, 0),
    ("dense", (10,), FLAT * 10, FLAT * 10),
    ("relu", (10,), 0, 0),
    ("dense", (3,), 10 * 3 + 3, 10 * 3),
]
"""Type, output, parameters and multiply-adds of each layer, for images of 2 channels, 9 x 8."""
FIELDS = [[3, 2], [3, 2], [3 + 2, 2 + 2], [5, 4], *[None] * 4]
"""Receptive fields: a pool adds one step of the convolution, which is 2."""


def test_shapes_parameters_and_multiply_adds(ask, folder):
    np.savez(folder / "train.npz", x=np.zeros((6, 2, 9, 8)), y=np.arange(6) % 3)
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, LAYERS, "cross_entropy")
    said = json_of(ask("check", "c.yaml", "--json"))
    assert said["input_shape"] == [2, 9, 8]
    assert said["classes"] == ["0", "1", "2"]
    for index, (got, (layer, output, parameters, cost)) in enumerate(zip(said["layers"], WANTED, strict=True)):
        costs = {"parameters": parameters, "multiply_adds": cost, "frozen": False}
        costs["receptive_field"] = FIELDS[index]
        assert got == {"name": f"{index}", "layer": layer, "output": list(output), **costs}
    assert said["parameters"] == sum(row[2] for row in WANTED)
    assert said["multiply_adds"] == sum(row[3] for row in WANTED)
    table = ask("check", "c.yaml")
    assert f"{said['parameters']:,}" in table
    assert f"{said['multiply_adds']:,}" in table


def test_a_factor_for_each_feature(ask, folder):
    np.savez(folder / "train.npz", x=np.zeros((6, 5)), y=np.arange(6) % 3)
    write_config(folder / "c.yaml", {"type": "npz", "train": "train.npz"}, VECTORS, "cross_entropy")
    layers = json_of(ask("check", "c.yaml", "--json"))["layers"]
    assert [layer["parameters"] for layer in layers] == [5, 5 * 3 + 3, 0, 0]
    assert [layer["multiply_adds"] for layer in layers] == [5, 5 * 3, 0, 0]
