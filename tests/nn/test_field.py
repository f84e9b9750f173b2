"""Receptive fields, against which inputs change an output when they are changed themselves."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.network import Network
from tests.nn.layer_cases import ALONE, Case, block, make

ROUNDING = 1e-9
CASES = [case for case in ALONE if len(case.input_shape) > 1]


def conv(kernel_size, **keys):
    return {"type": "conv2d", "filters": 2, "kernel_size": kernel_size, **keys}


POOL, UP = {"type": "max_pool2d"}, {"type": "upsample2d", "factor": [2, 3]}
NETWORKS = {
    "convolutions": ([conv(3), conv([1, 5]), conv(3, padding="same")], (9, 13)),
    "strides": ([conv(3, stride=2, padding=1), conv(3, stride=[1, 3]), conv(2)], (18, 30)),
    "pools": ([conv(3), POOL, conv(3, padding=1), {"type": "avg_pool2d", "size": 3, "stride": 1}], (20, 22)),
    "a block": ([conv(3, padding=1), block(conv(3, padding=1), {"type": "relu"}, conv(3, padding=1))], (9, 12)),
    "a wide shortcut": ([block(conv(1, stride=2), shortcut=(conv(4, stride=2, padding=1),))], (8, 10)),
    "two ways that see apart": ([block(conv(2, padding="same"), shortcut=(conv(1), POOL, UP, conv([1, 5])))], (6, 8)),
    "blocks within a block": ([block(block(conv(3, padding=1)), conv([5, 1], padding=[2, 0]))], (11, 7)),
    "up": ([UP, conv(3), conv(2)], (5, 6)),
    "down and up": ([conv(3, padding=1), POOL, UP, conv(2, stride=2), conv(3)], (20, 22)),
}


def dependence(layers, input_shape) -> np.ndarray:
    """Whether any channel of each place of the input changes any channel of each place of the output.

    Shapes: (*places of the input, *places of the output); no places for vectors.
    """
    network = Network([make(layer) for layer in layers], input_shape, dtype=np.float64)
    network.allocate()
    rng = np.random.default_rng(2)
    network.values[...] = rng.standard_normal(network.size)
    x = rng.standard_normal((*input_shape, 1))
    places = input_shape[1:]
    count, y = int(np.prod(places)), network.forward(x)
    found = np.zeros((*network.output_shape, count), bool)
    for size in (0.1, 1000.0, -1000.0):
        moved = np.repeat(x, count, axis=-1)
        for index, place in enumerate(np.ndindex(places)):
            moved[(slice(None), *place, index)] += size * rng.uniform(0.5, 1, len(x))
        found |= np.abs(network.forward(moved) - y) > ROUNDING
    return np.moveaxis(found.any(axis=0), -1, 0).reshape(*places, *network.output_shape[1:])


def measured(seen: np.ndarray, axis: int, axes: int) -> int:
    """The longest stretch along an axis from the first to the last place that an output depends on."""
    others = tuple(other for other in range(axes) if other != axis)
    along = seen.any(axis=others).reshape(seen.shape[axis], -1)
    places = [np.flatnonzero(column) for column in along.T]
    return max(int(found[-1] - found[0]) + 1 for found in places if len(found))


def compare(layers, input_shape):
    network = Network([make(layer) for layer in layers], input_shape)
    told = network.receptive_fields()[str(len(layers) - 1)]
    seen, axes = dependence(layers, input_shape), len(input_shape) - 1
    if told is None:
        assert seen.all()
    else:
        assert told == tuple(measured(seen, axis, axes) for axis in range(axes))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_layers(case: Case):
    if case.config["type"] == "reshape":
        assert Network([make(case.config)], case.input_shape).receptive_fields() == {
            "0": (1,) * (len(case.config["shape"]) - 1)
        }
    else:
        compare([case.config], (case.input_shape[0], *(3 * size for size in case.input_shape[1:])))


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name):
    layers, places = NETWORKS[name]
    compare(layers, (2, *places))


def test_a_field_may_be_larger_than_the_image():
    network = Network([make(conv(3, padding=1)) for _ in range(5)], (2, 4, 4))
    assert [*network.receptive_fields().values()] == [(n, n) for n in (3, 5, 7, 9, 11)]


def test_vectors_become_sequences():
    layers = [
        {"type": "relu"},
        {"type": "reshape", "shape": (1, 12)},
        {"type": "conv1d", "filters": 2, "kernel_size": 5},
    ]
    layers += [{"type": "reshape", "shape": (4, 4)}, {"type": "conv1d", "filters": 2, "kernel_size": 2}]
    fields = Network([make(layer) for layer in layers], (12,)).receptive_fields()
    assert [*fields.values()] == [None, (1,), (5,), None, None]
