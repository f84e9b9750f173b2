"""Buffer sizes: what a network says that its passes will hold is what it holds after them, to the byte."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnfs_cli.nn import costs
from nnfs_cli.nn.context import PREDICTION
from nnfs_cli.nn.costs import buffer_bytes, reserve
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LAYERS
from tests.nn.layer_cases import CASES, make

DENSE = {"type": "dense", "units": 3}
WIDE = {"type": "conv2d", "filters": 32, "kernel_size": 3, "padding": 1}
RELU, FLAT, POOL = ({"type": name} for name in ("relu", "flatten", "max_pool2d"))
DROP = {"type": "dropout", "rate": 0.3}
NETWORKS = {
    "vectors": ((9,), [DENSE, RELU, DROP, DENSE, RELU]),
    "in place": ((9,), [RELU, DENSE, RELU, DENSE]),
    "images": ((3, 12, 12), [{**WIDE, "filters": 4, "padding": 0}, RELU, POOL, WIDE, RELU, FLAT, DENSE]),
    "images first": ((2, 9, 9), [{**WIDE, "filters": 3, "padding": 0}, RELU, {**WIDE, "filters": 2}, FLAT, DENSE]),
    "dropped after a layer": ((2, 6, 6), [{**WIDE, "filters": 3}, {**WIDE, "padding": 0}, DROP, FLAT, DENSE]),
    "tiles": ((3, 18, 18), [WIDE, RELU, WIDE, POOL, FLAT, DENSE]),
    "tiles first": ((32, 18, 18), [{**WIDE, "padding": 0}, FLAT, DENSE]),
    "strips of tiles": ((3, 6, 90), [WIDE, RELU, {**WIDE, "filters": 8, "padding": 0}, FLAT, DENSE]),
    "strips of tiles first": ((32, 6, 90), [WIDE, FLAT, DENSE]),
    "nothing to learn before": ((2, 6, 6), [POOL, RELU, FLAT, RELU, DENSE]),
}
ALONE = {str(case): (case.input_shape, [case.config]) for case in CASES}
BEHIND = {f"{case} behind a layer": (case.input_shape, [WIDE | {"filters": case.input_shape[0]}, case.config])
          for case in CASES if len(case.input_shape) == 3}  # fmt: skip
EVERY = NETWORKS | ALONE | BEHIND


def network_of(name: str, dtype: str = "float32") -> Network:
    input_shape, layers = EVERY[name]
    network = Network([make(layer) for layer in layers], input_shape, dtype=dtype)
    network.allocate()
    return network


def work(network: Network, examples: int, *, training: bool) -> None:
    """A pass over examples that are batch first in memory, as those of a data set are."""
    x = np.moveaxis(np.ones((examples, *network.input_shape), network.dtype), 0, -1)
    context = network.training_context(0) if training else PREDICTION
    y = network.forward(x, context)
    if training:
        network.backward(np.ones(y.shape, y.dtype), context)


def held(network: Network) -> list[dict[str, int]]:
    """As `Network.buffers` tells them: those of the layers within a block are part of the block."""
    found: list[dict[str, int]] = [{} for _ in network.layers]
    for name, layer in network.walk():
        index, _, inner = name.partition(".")
        for key, memory in layer.workspace._memory.items():
            found[int(index)][f"{inner}.{key}".lstrip(".")] = memory.nbytes
    return found


@pytest.mark.parametrize("training", [True, False], ids=["training", "measuring"])
@pytest.mark.parametrize("examples", [1, 7])
@pytest.mark.parametrize("name", EVERY)
def test_after_one_pass(name, examples, training):
    network = network_of(name)
    promised = network.buffers(examples, training=training)
    assert held(network) == [{}] * len(network.layers)
    work(network, examples, training=training)
    assert held(network) == promised


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["images", "tiles"])
def test_blocks_that_do_not_fit_the_cache(name, dtype):
    network = network_of(name, dtype)
    work(network, 200, training=True)
    assert held(network) == network.buffers(200, training=True)


@pytest.mark.parametrize("name", NETWORKS)
def test_after_passes_of_several_kinds(name):
    network = network_of(name)
    for examples, training in ((4, True), (9, False)):
        work(network, examples, training=training)
    passes = [network.buffers(4, training=True), network.buffers(9, training=False)]
    assert buffer_bytes(*passes) == sum(sum(layer.values()) for layer in held(network))


def test_sizes_beyond_all_counting_are_counted():
    layers: list[dict[str, Any]] = [FLAT, {**DENSE, "units": 10**9}]
    network = Network([make(layer) for layer in layers], (1, 8, 8))
    assert buffer_bytes(network.buffers(10**20, training=False)) == 4 * 10**29


def test_every_kind_of_layer_is_among_them():
    used = {layer["type"] for _, layers in EVERY.values() for layer in layers}
    assert used == set(LAYERS)


@pytest.mark.parametrize(("learned", "measured"), [(2, 5), (5, 2)])
@pytest.mark.parametrize("name", EVERY)
def test_no_buffer_grows_that_was_reserved(name, learned, measured):
    network = network_of(name)
    reserve(network, learned, measured)
    reserved = held(network)
    work(network, learned, training=True)
    work(network, measured, training=False)
    assert held(network) == reserved
    assert sum(sum(sizes.values()) for sizes in reserved) == buffer_bytes(
        network.buffers(learned, training=True), network.buffers(measured, training=False)
    )


def test_no_more_is_reserved_to_measure_than_is_measured_at_a_time(monkeypatch):
    network = network_of("vectors")
    monkeypatch.setattr(costs, "MOST_EXAMPLES", 4)
    reserve(network, 3, 1000)
    assert held(network) == [
        {key: max(sizes, least.get(key, 0)) for key, sizes in layer.items()}
        for layer, least in zip(network.buffers(3, training=True), network.buffers(4, training=False), strict=True)
    ]
