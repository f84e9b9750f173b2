"""Network: names and memory of what is learned, whole gradients, random numbers, and errors with their place."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.costs import multiply_adds
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.layers.batch_norm import BatchNorm
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.dropout import Dropout
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.max_pool import MaxPool2D
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.network import Network
from tests.nn.gradients import assert_gradient
from tests.nn.layer_cases import random_batch

IMAGE = (2, 8, 7)
TARGET = np.array([0, 3, 1, 3])


def image_layers() -> list[Layer]:
    return [Conv2D(3, 3, padding=1), ReLU(), MaxPool2D(2), Flatten(), Dense(6), ReLU(), Dense(4)]


def image_network(seed: int = 0) -> Network:
    """A small network for images, with random biases too."""
    network = Network(image_layers(), IMAGE, dtype=np.float64)
    network.allocate()
    network.values[...] = np.random.default_rng(seed).standard_normal(network.size)
    return network


def test_shapes_of_all_layers():
    network = image_network()
    assert [layer.output_shape for layer in network.layers] == [
        (3, 8, 7),
        (3, 8, 7),
        (3, 4, 3),
        (36,),
        (6,),
        (6,),
        (4,),
    ]
    assert network.output_shape == (4,)
    assert network.forward(random_batch(IMAGE, 4)).shape == (4, 4)


def test_names_of_variables_are_those_of_a_checkpoint():
    network = image_network()
    shapes = {name: variable.shape for name, variable in network.variables().items()}
    assert shapes == {
        "0.weight": (3, 2, 3, 3),
        "0.bias": (3,),
        "4.weight": (6, 36),
        "4.bias": (6,),
        "6.weight": (4, 6),
        "6.bias": (4,),
    }
    assert network.size == network.values.size == 54 + 3 + 216 + 6 + 24 + 4


def test_variables_are_stretches_of_the_flat_vectors():
    network = image_network()
    network.values[...] = np.arange(network.size)
    network.grads[...] = -np.arange(network.size)
    values = np.concatenate([variable.value.ravel() for variable in network.variables().values()])
    grads = np.concatenate([variable.grad.ravel() for variable in network.variables().values()])
    assert values.tolist() == list(range(network.size))
    assert (grads == -values).all()


def test_moves_into_other_vectors_whatever_they_hold():
    network, x = image_network(seed=1), random_batch(IMAGE, 4)
    other = image_network(seed=2)
    network.use_memory(other.values, np.zeros(network.size))
    np.testing.assert_array_equal(network.forward(x), other.forward(x))


def test_gradient_of_the_whole_vector():
    network, loss, x = image_network(), CrossEntropy(), random_batch(IMAGE, 4)

    def mean_loss() -> float:
        return loss.forward(network.forward(x), TARGET).mean()

    mean_loss()
    network.backward(loss.backward(4))
    for seed in range(3):
        assert_gradient(mean_loss, network.values, network.grads, seed=seed)
    for variable in network.variables().values():
        assert_gradient(mean_loss, variable.value, variable.grad)


def refuse_dx(backward: Callable) -> Callable:
    """The backward pass of a layer whose dx nobody needs."""

    def checked(dy, context, *, need_dx):
        assert not need_dx, "nobody needs this gradient"
        return backward(dy, context, need_dx=need_dx)

    return checked


def test_backward_pass_ends_at_the_first_layer_that_learns(monkeypatch):
    network = Network([Flatten(), Dropout(0.0), Dense(6), Dense(4)], IMAGE, dtype=np.float64)
    network.allocate()
    network.initialize()
    for layer in network.layers[:3]:
        monkeypatch.setattr(layer, "backward", refuse_dx(layer.backward))
    network.forward(random_batch(IMAGE, 4))
    network.backward(np.ones((4, 4)))
    assert all(variable.grad.any() for variable in network.variables().values())


def test_without_anything_to_learn_the_backward_pass_does_nothing():
    network = Network([Flatten(), ReLU()], IMAGE, dtype=np.float64)
    network.allocate()
    network.backward(network.forward(random_batch(IMAGE, 4)))
    assert network.size == 0


def test_no_layers_leave_everything_as_it_is():
    network, x = Network([], (3,)), random_batch((3,), 2)
    network.allocate()
    np.testing.assert_array_equal(network.forward(x), x)
    assert network.output_shape == (3,)


def test_first_values_come_from_the_seed():
    def values(seed: int) -> np.ndarray:
        network = Network(image_layers(), IMAGE, seed=seed)
        network.allocate()
        network.initialize()
        return network.values

    np.testing.assert_array_equal(values(3), values(3))
    assert (values(3) != values(4)).any()


def test_biases_start_at_0_and_weights_do_not():
    network = Network(image_layers(), IMAGE)
    network.allocate()
    network.initialize()
    assert {name: bool(v.value.any()) for name, v in network.variables().items()} == {
        name: name.endswith("weight") for name in network.variables()
    }


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lives_in_one_dtype(dtype):
    network = Network(image_layers(), IMAGE, dtype=dtype)
    network.allocate()
    network.initialize()
    y = network.forward(random_batch(IMAGE, 4).astype(dtype))
    network.backward(y.copy())
    assert {array.dtype.name for array in (network.values, network.grads, y)} == {dtype}


def test_random_numbers_are_a_function_of_seed_step_layer_and_rank():
    def masks(seed: int, step: int, rank: int) -> list[np.ndarray]:
        network = Network([Dropout(0.5), Dropout(0.5)], (100,), seed=seed)
        context = network.training_context(step, rank)
        return [layer.forward(np.ones((100, 1)), context) for layer in network.layers]

    again, all_masks = masks(1, 2, 1), masks(1, 2, 1) + masks(2, 2, 1) + masks(1, 3, 1) + masks(1, 2, 0)
    np.testing.assert_array_equal(again, all_masks[:2])
    assert all((one != other).any() for one, other in itertools.combinations(all_masks, 2))


def test_an_error_of_shape_names_the_layer():
    with pytest.raises(ShapeError) as refused:
        Network([Conv2D(2, 3), ReLU(), Dense(10)], (1, 28, 28))
    assert refused.value.path == "layers[2]"
    assert str(refused.value) == (
        "layers[2] (dense): takes vectors, got images of shape (2, 26, 26). Put a flatten layer before it."
    )


def test_a_network_beyond_any_memory_can_be_looked_at():
    tracemalloc.start()
    network = Network([Dense(10**9), ReLU(), Dense(10**9)], (784,))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert network.size == 785 * 10**9 + (10**9 + 1) * 10**9
    assert peak < 1_000_000


def test_multiply_adds_of_one_example():
    network = image_network()
    assert multiply_adds(network) == [54 * 8 * 7, 0, 0, 0, 216, 0, 24]


def test_multiply_adds_of_a_factor_a_channel_are_those_of_all_pixels():
    network = Network([Scale(), BatchNorm(), Flatten(), Scale()], (3, 4, 5))
    assert multiply_adds(network) == [60, 60, 0, 60]


def test_working_in_place_changes_no_result():
    layers = [Conv2D(3, 3), ReLU(), MaxPool2D(), ReLU(), Flatten(), ReLU(), Dense(6), ReLU(), Dense(4)]
    network = Network(layers, (2, 8, 8), dtype="float64")
    network.allocate()
    network.initialize()
    assert [layer.in_place for layer in layers] == [index in (1, 3, 7) for index in range(9)]
    results = []
    for in_place in (True, False):
        for layer in layers:
            layer.in_place = layer.in_place and in_place
        x, dy = np.random.default_rng(0).standard_normal((2, 8, 8, 5)), np.random.default_rng(1).standard_normal((4, 5))
        before = x.copy()
        y = network.forward(x).copy()
        network.backward(dy)
        np.testing.assert_array_equal(x, before)
        results.append((y, network.grads.copy()))
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)


def test_an_example_beyond_any_machine_is_refused():
    Network([], (2**14, 2**14))
    Network([Dense(10**9)], (1,))
    with pytest.raises(ShapeError, match=r"^one example of shape \(16384, 16385\) would have more than 268,435,456"):
        Network([], (2**14, 2**14 + 1))
    with pytest.raises(ShapeError, match=r"^layers\[0\] \(conv2d\): one example of shape \(1, 65537, 65537\) would"):
        Network([Conv2D(1, 1, padding=2**15), MaxPool2D(2**15)], (1, 1, 1))
