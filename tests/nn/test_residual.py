"""Residual: a sum of two chains of layers, whose places, numbers and shapes are told from outside."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError, ShapeError
from nnfs_cli.nn.costs import multiply_adds
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.dropout import Dropout
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.max_pool import MaxPool2D
from nnfs_cli.nn.layers.residual import Residual
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import describe_object
from tests.nn.gradients import assert_gradient
from tests.nn.layer_cases import random_batch

IMAGE = (2, 6, 6)


def blocks() -> list:
    return [
        Conv2D(3, 3, padding=1),
        Residual([Residual([Conv2D(3, 3, padding=1), ReLU()]), ReLU(), Conv2D(3, 3, padding=1)]),
        ReLU(),
        Residual([Conv2D(4, 3, padding=1, stride=2)], [Conv2D(4, 1, stride=2)]),
        Flatten(),
        Residual([Dense(36)]),
        Dense(3),
    ]


def ready(layers: list, shape: tuple[int, ...], **options) -> Network:
    network = Network(layers, shape, dtype="float64", **options)
    network.allocate()
    network.initialize()
    return network


def test_adds_both():
    network = ready([Residual([Dense(2, bias=False)])], (2,))
    network.values[...] = [1, 2, 3, 4]
    assert network.forward(np.array([[1.0], [10.0]])).ravel().tolist() == [1 + 21, 10 + 43]
    network.backward(np.array([[1.0], [0.0]]))
    assert network.grads.tolist() == [1, 10, 0, 0]


def test_names_are_those_of_nested_modules():
    expected = ["0", "1.layers.0.layers.0", "1.layers.2", "3.layers.0", "3.shortcut.0", "5.layers.0", "6"]
    network = Network(blocks(), IMAGE)
    assert list(network.variables()) == [f"{name}.{key}" for name in expected for key in ("weight", "bias")]
    assert network.size == sum(variable.size for variable in network.variables().values())


def test_gradient_of_a_whole_network():
    network, x = ready(blocks(), IMAGE), random_batch(IMAGE, 3)
    network.values[...] = 0.3 * np.random.default_rng(4).standard_normal(network.size)
    dy = random_batch((3,), 3)
    network.forward(x)
    network.backward(dy)
    for variable in network.variables().values():
        assert_gradient(lambda: (network.forward(x) * dy).sum(), variable.value, variable.grad)


def test_a_block_that_learns_nothing_needs_no_backward_pass(monkeypatch):
    first = Residual([ReLU()])
    network = ready([first, Dense(3)], (4,))
    monkeypatch.setattr(first, "backward", lambda *_, **__: pytest.fail("nobody needs this gradient"))
    network.forward(random_batch((4,), 2))
    network.backward(random_batch((3,), 2))
    assert network.grads.any()


def test_the_first_layer_of_the_first_block_need_not_return_dx():
    block = Residual([ReLU(), Dense(4)], [Dropout(0.0)])
    network = ready([block, Dense(3)], (4,))
    network.forward(random_batch((4,), 2))
    network.backward(random_batch((3,), 2))
    assert block.backward(random_batch((4,), 2), need_dx=False) is None
    assert "dx" not in block.workspace._memory


def test_every_layer_has_random_numbers_of_its_own():
    def masks(*layers) -> list[np.ndarray]:
        network = ready([*layers], (50,))
        network.forward(np.ones((50, 2)), network.training_context(3))
        return [layer.kept.copy() for _, layer in network.walk() if hasattr(layer, "kept")]

    within = masks(Dropout(0.5), Residual([Dropout(0.5), Dropout(0.5)], [Dropout(0.5)]), Dropout(0.5))
    assert len({mask.tobytes() for mask in within}) == 5
    alone = masks(Dropout(0.5), ReLU(), Dropout(0.5))
    np.testing.assert_array_equal([within[0], within[4]], alone)


def test_initializers_look_across_the_border_of_a_block():
    layers = [
        Dense(5),
        Residual([ReLU(), Dense(5), Dense(5)], [Dense(5)]),
        ReLU(),
        Dense(5),
        Residual([Residual([Dropout(0.1)]), Dense(5)]),
    ]
    network = Network(layers, (5,))
    found = {name: describe_object(layer)["init"] for name, layer in network.walk() if layer.variables}
    assert [name for name, init in found.items() if init == "he_uniform"] == ["0", "1.layers.2", "1.shortcut.0"]
    assert set(found.values()) == {"he_uniform", "glorot_uniform"}


def test_initializers_look_past_dropout_into_a_block():
    first = Dense(5)
    Network([first, Residual([Dropout(0.1), ReLU(), Dense(5)])], (5,))
    assert first.init == "he_uniform"


def test_multiply_adds_are_told_for_every_layer():
    assert multiply_adds(Network([Residual([Dense(4)], [Dense(4)]), Dense(2)], (3,))) == [0, 12, 12, 8]


SAME = "adds {} of its layers and {} of its shortcut, which must have the same shape. "
KEEP = "Let the layers keep the shape (conv2d does with padding: same), or change the shortcut."
CONV = "Set shortcut: [{{type: conv2d, filters: {}, kernel_size: 1, stride: {}}}]."
DIFFERENT = [
    ((4,), [Dense(6)], [], SAME.format((6,), (4,)) + "Set shortcut: [{type: dense, units: 6}]."),
    ((4,), [Dense(6)], [Dense(5)], SAME.format((6,), (5,)) + "Set shortcut: [{type: dense, units: 6}]."),
    (IMAGE, [Conv2D(3, 1)], [], SAME.format((3, 6, 6), IMAGE) + CONV.format(3, 1)),
    (IMAGE, [MaxPool2D(2)], [], SAME.format((2, 3, 3), IMAGE) + CONV.format(2, 2)),
    (IMAGE, [MaxPool2D((3, 1))], [], SAME.format((2, 2, 6), IMAGE) + CONV.format(2, [3, 1])),
    (IMAGE, [Conv2D(2, 3)], [], SAME.format((2, 4, 4), IMAGE) + KEEP),
    (IMAGE, [Conv2D(2, 1, padding=1)], [], SAME.format((2, 8, 8), IMAGE) + KEEP),
    (IMAGE, [Flatten()], [], SAME.format((72,), IMAGE) + KEEP),
]


@pytest.mark.parametrize(("shape", "layers", "shortcut", "sentence"), DIFFERENT)
def test_shapes_that_differ_are_refused_with_a_way_out(shape, layers, shortcut, sentence):
    with pytest.raises(ShapeError) as refused:
        Network([ReLU(), Residual(layers, shortcut)], shape)
    assert str(refused.value) == f"layers[1] (residual): {sentence}"


def test_an_error_names_the_layer_within_the_block():
    with pytest.raises(ShapeError) as refused:
        Network([ReLU(), Residual([Residual([Flatten()], [ReLU(), Conv2D(1, 9)])])], IMAGE)
    assert refused.value.path == "layers[1].layers[0].shortcut[1]"
    assert str(refused.value).startswith("layers[1].layers[0].shortcut[1] (conv2d): has a window of 9,")


def test_a_layer_within_a_block_belongs_to_one_network():
    shared = Dense(4)
    network = Network([Residual([shared])], (4,))
    with pytest.raises(ConfigError, match=r"^layers\[0\]\.shortcut\[0\] \(dense\): belongs to another network"):
        Network([Residual([Dense(4)], [shared])], (4,))
    twice = Dense(4)
    with pytest.raises(ConfigError, match=r"shortcut\[0\] \(dense\): is the same object as layers\[0\]\.layers\[0\]\."):
        Network([Residual([twice], [twice])], (4,))
    del network
    assert Network([Residual([Dense(4)], [shared])], (4,)).size == 40


def test_what_is_no_layer_is_refused():
    with pytest.raises(ConfigError, match=r"^residual: layers: expected a list of at least one layer, got \[\]$"):
        Residual([])
    with pytest.raises(ConfigError, match=r"^residual: shortcut: expected a list of layers, got \['relu'\]$"):
        Residual([ReLU()], ["relu"])


def test_a_copy_is_a_network_of_its_own():
    network, x = ready(blocks(), IMAGE), random_batch(IMAGE, 3)
    before, other = network.forward(x), copy.deepcopy(network)
    other.values[...] = 0
    assert not other.forward(x).any()
    np.testing.assert_array_equal(network.forward(x), before)
