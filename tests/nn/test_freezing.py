"""Frozen layers: their weights and running statistics stay, the others learn as in PyTorch."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.costs import buffer_bytes
from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.batch_norm import BatchNorm
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.residual import Residual
from nnfs_cli.nn.layers.tanh import Tanh
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.sgd import SGD
from tests.nn.gradients import assert_gradient
from tests.nn.test_buffer_sizes import held, work

GOLDEN = {
    (): [
        7.048626083,
        2.926147358,
        12.65160343,
        12.65734792,
        30.02312453,
        9.623808844,
        22.16312345,
        2.932497068,
        3.117763138,
        8.443407531,
    ],
    (0,): [
        8.026078254,
        3.648690915,
        12.65085777,
        12.75455158,
        30.16614271,
        9.73721208,
        22.1216234,
        2.940607462,
        3.329434116,
        9.269525211,
    ],
    (1,): [
        17.30307705,
        6.074058348,
        4.148690915,
        5.135085924,
        28.35874926,
        12.96183127,
        15.28676861,
        0.8870046709,
        2.648690915,
        7.135085924,
    ],
    (0, 1): [
        8.026078254,
        3.648690915,
        4.148690915,
        5.135085924,
        31.48353245,
        13.2259231,
        10.34334343,
        0.9240096675,
        2.648690915,
        7.135085924,
    ],
    (3,): [
        6.748986094,
        2.926147358,
        8.834046195,
        13.3206929,
        25.99822188,
        7.67616165,
        10.3118677,
        1.381870655,
        3.12762171,
        8.240948887,
    ],
    (1, 5): [
        24.62895309,
        9.646718412,
        4.148690915,
        5.135085924,
        33.51199213,
        13.82440058,
        18.91118837,
        5.750768412,
        2.648690915,
        7.135085924,
    ],
    (0, 1, 3): [
        8.026078254,
        3.648690915,
        4.148690915,
        5.135085924,
        25.99822188,
        7.67616165,
        10.1790959,
        3.606196354,
        2.648690915,
        7.135085924,
    ],
}
"""The sums of the absolute values of each variable and of the running statistics after ten steps of PyTorch 2.13 in
float64, where frozen layers have `requires_grad` False and are in `eval` mode."""


def wave(*shape: int) -> np.ndarray:
    return np.sin(1 + np.arange(math.prod(shape), dtype=np.float64)).reshape(shape)


def small() -> Network:
    """Three dense layers, the first one normalized, with values of a formula."""
    network = Network([Dense(4), BatchNorm(), Tanh(), Dense(5), Tanh(), Dense(2)], (3,), dtype=np.float64)
    network.allocate()
    for index, variable in enumerate(network.variables().values()):
        variable.value[...] = (index + 1) / 4 + wave(*variable.shape)
    mean, var = network.states().values()
    mean.value[...], var.value[...] = wave(4), 1.5 + wave(4)
    return network


def teach(network: Network, steps: int = 10) -> None:
    x, target, loss, sgd = wave(8, 3).T, wave(8, 2)[:, ::-1].T, MSE(), SGD(0.05, momentum=0.9, weight_decay=0.1)
    sgd.allocate(network.size, network.dtype, spans=network.spans)
    for step in range(steps):
        context = network.training_context(step)
        loss.forward(network.forward(x, context), target)
        network.backward(loss.backward(8), context)
        sgd.step(network.values, network.grads, slice(0, network.size))


@pytest.mark.parametrize("frozen", GOLDEN, ids=str)
def test_ten_steps_equal_pytorch(frozen):
    network = small()
    network.freeze(frozen)
    teach(network)
    arrays = [*network.variables().values(), *network.states().values()]
    np.testing.assert_allclose([np.abs(array.value).sum() for array in arrays], GOLDEN[frozen], rtol=1e-8)


def deep() -> Network:
    """A block within a block, and words before the first layer."""
    inner = Residual([Dense(4, bias_init=0.5), BatchNorm()])
    network = Network(
        [Dense(4), Residual([Dense(4), inner], [Dense(4)]), ReLU(), Dense(2)],
        (3,),
        embeddings=[Embedding("colour", 5)],
        dtype=np.float64,
    )
    network.allocate()
    network.initialize()
    return network


@pytest.mark.parametrize(
    ("names", "frozen"),
    [
        ([0], ["0"]),
        (["1.layers"], None),
        (["1.layers.1"], ["1.layers.1.layers.0", "1.layers.1.layers.1"]),
        (["1.layers.1.layers.1", 3], ["1.layers.1.layers.1", "3"]),
        ([1], ["1.layers.0", "1.layers.1.layers.0", "1.layers.1.layers.1", "1.shortcut.0"]),
        (["embedding"], ["embedding.colour.weight"]),
        (["embedding", 0, 1, 2], ["embedding.colour.weight", "0", "1"]),
        ([], []),
    ],
)
def test_a_name_means_a_layer_and_all_within_it(names, frozen):
    network = deep()
    if frozen is None:
        with pytest.raises(
            ConfigError, match=r"^freeze\[0\]: no layer is called '1.layers'. There are embedding, 0, 1, "
        ):
            network.freeze(names)
        return
    network.freeze(names)
    before = network.values.copy()
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.standard_normal((2, 6)), rng.integers(0, 5, (1, 6))])
    sgd = SGD(0.1, weight_decay=0.1)
    sgd.allocate(network.size, network.dtype, spans=network.spans)
    for step in range(3):
        context = network.training_context(step)
        network.backward(network.forward(x, context) - 1, context)
        sgd.step(network.values, network.grads, slice(0, network.size))
    after = dict(network.split(network.values))
    gradients = dict(network.split(network.grads))
    for name, values in network.split(before):
        stays = any(f"{name}.".startswith(f"{one}.") for one in frozen)
        assert np.array_equal(after[name], values) == stays, name
        assert not stays or not gradients[name].any()
    assert network.learned == sum(
        values.size for name, values in after.items() if not any(f"{name}.".startswith(f"{one}.") for one in frozen)
    )


def test_running_statistics_stay_where_they_are_frozen_alone():
    network = Network([BatchNorm(), Dense(3), BatchNorm(), Dense(1)], (2,))
    network.allocate()
    network.initialize()
    network.freeze([0])
    network.forward(np.array([[1.0, 2, 5], [0, -1, 2]], np.float32), network.training_context(0))
    moved = {name: not np.isin(state.value, (0, 1)).all() for name, state in network.states().items()}
    assert moved == {"0.running_mean": False, "0.running_var": False, "2.running_mean": True, "2.running_var": True}


def test_a_frozen_norm_is_in_training_what_it_is_in_prediction():
    network = small()
    network.freeze([1])
    x = wave(3, 5)
    np.testing.assert_array_equal(network.forward(x, network.training_context(0)), network.forward(x))


@pytest.mark.parametrize("frozen", [(1,), (3,), (1, 3), (1, 5)])
def test_gradients_below_frozen_layers_are_right(frozen):
    network = small()
    network.freeze(frozen)
    x, dy, context = wave(3, 5), wave(2, 5), network.training_context(0)
    network.forward(x, context)
    network.backward(dy, context)
    weight = network.layers[0].variables["weight"]
    gradient = weight.grad.copy()

    def function() -> float:
        return float((network.forward(x, context) * dy).sum())

    assert_gradient(function, weight.value, gradient, tolerance=1e-5)


def test_nothing_is_computed_backwards_below_the_first_layer_that_learns(monkeypatch):
    network = small()
    network.freeze([0, 1, 3])
    passed = []
    for index, layer in enumerate(network.layers):
        backward = layer.backward

        def noted(dy, context, *, need_dx, index=index, backward=backward):
            passed.append((index, need_dx))
            return backward(dy, context, need_dx=need_dx)

        monkeypatch.setattr(layer, "backward", noted)
    teach(network, 1)
    assert passed == [(5, False)]


def test_the_last_word_counts_and_nothing_is_frozen_at_first():
    network = small()
    assert network.learned == network.size
    network.freeze([0])
    network.freeze(["3"])
    assert [name for name, layer in network.walk() if layer.frozen] == ["3"]
    network.freeze([])
    teach(network)
    np.testing.assert_allclose(np.abs(network.layers[0].variables["weight"].value).sum(), GOLDEN[()][0], rtol=1e-8)


def test_a_copy_is_as_frozen_and_a_new_network_of_the_layers_is_not():
    network = small()
    network.freeze([0, 1])
    twin = copy.deepcopy(network)
    assert twin.spans == network.spans
    teach(twin)
    np.testing.assert_array_equal(twin.values[: 4 * 3 + 4], network.values[: 4 * 3 + 4])
    layers = network.layers
    del network
    assert not any(span.frozen for span in Network(layers, (3,)).spans)


@pytest.mark.parametrize(
    ("names", "problems"),
    [
        ([7], ["freeze[0]: no layer is called '7'. There are 0, 1, 2, 3, 4, 5."]),
        ([-1], ["freeze[0]: no layer is called '-1'. There are 0, 1, 2, 3, 4, 5."]),
        (
            [0, "dense", "0.weight"],
            [
                f"freeze[{i}]: no layer is called '{name}'. There are 0, 1, 2, 3, 4, 5."
                for i, name in ((1, "dense"), (2, "0.weight"))
            ],
        ),
        ([2, 4], ["freeze: these layers have no weights. Name one that has, or leave freeze out."]),
        ([0, 1, 3, 5], ["freeze: no weights are left to train. Leave a layer out of it."]),
    ],
)
def test_what_cannot_be_frozen_is_refused_and_nothing_changes(names, problems):
    network = small()
    network.freeze([1])
    with pytest.raises(ConfigError) as refused:
        network.freeze(names)
    assert list(refused.value.problems) == problems
    assert [name for name, layer in network.walk() if layer.frozen] == ["1"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("4.layers.3.shortcut", "Did you mean '4.layers.3.shortcut.0' or '4.layers.3.shortcut.1'?"),
        ("4.layers", "Did you mean '4.layers.0' or '4.layers.1' or '4.layers.2'?"),
        ("4.layers.9", "Within 4.layers there are 4.layers.0, 4.layers.1, 4.layers.2, 4.layers.3."),
        ("5.x", f"There are {', '.join(map(str, range(20)))}, ..."),
    ],
)
def test_in_a_large_network_the_names_nearby_are_told(name, hint):
    inner = Residual([ReLU()], [ReLU(), ReLU()])
    block = Residual([ReLU(), ReLU(), ReLU(), inner])
    network = Network([*[ReLU() for _ in range(4)], block, *[ReLU() for _ in range(20)], Dense(3)], (4,))
    with pytest.raises(ConfigError) as refused:
        network.freeze([name])
    assert str(refused.value) == f"freeze[0]: no layer is called '{name}'. {hint}"


@pytest.mark.parametrize("frozen", [(0,), (1,), (0, 1), (2,), (0, 1, 2), ("2.layers.0",), (0, 1, "2.layers.0"), (5,)])
def test_what_the_passes_hold_is_announced(frozen):
    layers = [Conv2D(4, 3), BatchNorm(), Residual([Conv2D(4, 1), BatchNorm()]), ReLU(), Flatten(), Dense(3)]
    network = Network(layers, (2, 8, 8))
    network.freeze(frozen)
    network.allocate()
    work(network, 5, training=True)
    announced = network.buffers(5, training=True)
    assert held(network) == announced
    assert buffer_bytes(announced) > 0
