"""Weight decay: of weights alone, or of biases and norms too; equal to PyTorch with two groups of parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.nn.embeddings import Embedding
from nnfs_cli.nn.layers.batch_norm import BatchNorm
from nnfs_cli.nn.layers.conv1d import Conv1D
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.group_norm import GroupNorm
from nnfs_cli.nn.layers.layer_norm import LayerNorm
from nnfs_cli.nn.layers.residual import Residual
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.layers.tanh import Tanh
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.adamw import AdamW
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.registry import OPTIMIZERS
from tests.nn.optimizer_cases import TEXTBOOK

RATES = {"sgd": 0.005}
OTHERS = {"sgd": {"momentum": 0.9}}
GOLDEN = {
    ("sgd", True): [
        0.6344195821,
        5.341020749,
        19.24930737,
        4.779149691,
        8.03578613,
        10.56245811,
        10.84915097,
        2.784828702,
    ],
    ("sgd", False): [
        0.6850467204,
        5.417466696,
        19.25789763,
        4.883024682,
        8.096504396,
        10.56548544,
        10.8481925,
        2.880064204,
    ],
    ("adam", True): [
        1.94701009,
        4.313289657,
        9.721406879,
        4.971089357,
        5.607710441,
        5.254020573,
        13.49267073,
        4.800443816,
    ],
    ("adam", False): [
        1.953968489,
        4.317386038,
        9.720715844,
        4.993863899,
        5.609938553,
        5.254365439,
        13.49339016,
        4.801400014,
    ],
    ("adamw", True): [
        1.85700988,
        4.13206066,
        10.37299228,
        4.743958609,
        5.324576693,
        4.966361773,
        12.85822845,
        4.547650253,
    ],
    ("adamw", False): [
        1.959961197,
        4.318496638,
        10.38687938,
        4.99035697,
        5.607316168,
        5.264871725,
        12.83241745,
        4.803557414,
    ],
    ("rmsprop", True): [
        1.217363652,
        3.513608492,
        6.100710076,
        3.999361168,
        5.188084,
        4.086854718,
        11.14027286,
        3.719118052,
    ],
    ("rmsprop", False): [
        1.185861001,
        3.962872022,
        6.81310964,
        4.663107147,
        5.211244956,
        4.108131888,
        11.11328798,
        3.77242551,
    ],
    ("adagrad", True): [
        2.117790251,
        4.031813796,
        9.783750799,
        5.06750339,
        5.939739929,
        6.261149005,
        14.50537679,
        5.30589091,
    ],
    ("adagrad", False): [
        2.121930711,
        4.032321857,
        9.781974532,
        5.202455926,
        5.940868235,
        6.261410039,
        14.50558856,
        5.306718228,
    ],
}
"""The sums of the absolute values of each variable after ten steps in PyTorch 2.13, float64; of two groups, the one of
biases and norms has a weight_decay of its own."""


def wave(*shape: int) -> np.ndarray:
    return np.sin(1 + np.arange(math.prod(shape), dtype=np.float64)).reshape(shape)


def small() -> Network:
    """Dense layers around norms, with values of a formula."""
    network = Network([BatchNorm(), Dense(4), Tanh(), GroupNorm(1), Dense(2)], (3,), dtype=np.float64)
    network.allocate()
    for index, variable in enumerate(network.variables().values()):
        variable.value[...] = (index + 1) / 4 + wave(*variable.shape)
    return network


def gradient(network: Network) -> np.ndarray:
    """Of the squared error over eight examples."""
    x, target, loss, context = wave(8, 3).T, wave(8, 2)[:, ::-1].T, MSE(), network.training_context(0)
    loss.forward(network.forward(x, context), target)
    network.backward(loss.backward(8), context)
    return network.grads


def made(name: str, both: bool) -> Optimizer:
    """An optimizer with a decay of 0.1."""
    decay = {"weight_decay": 0.1, "decay_bias_and_norm": both}
    return OPTIMIZERS[name](lr=RATES.get(name, 0.05), **decay, **OTHERS.get(name, {}))


def taught(name: str, both: bool) -> Network:
    """The network after ten steps."""
    network, optimizer = small(), made(name, both)
    optimizer.allocate(network.size, network.dtype, spans=network.spans)
    for _ in range(10):
        optimizer.step(network.values, gradient(network), slice(0, network.size))
    return network


@pytest.mark.parametrize(("name", "both"), GOLDEN)
def test_equals_pytorch_with_two_groups(name, both):
    sums = [np.abs(variable.value).sum() for variable in taught(name, both).variables().values()]
    np.testing.assert_allclose(sums, GOLDEN[name, both], rtol=1e-8)


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("name", TEXTBOOK)
def test_equals_the_textbook_with_a_decay_for_each_parameter(name, both):
    network = small()
    weights = np.concatenate([np.full(v.size, v.value.ndim > 1) for v in network.variables().values()])
    decay = 0.1 * (weights | both)

    def slope(values: np.ndarray, step: int) -> np.ndarray:
        network.values[:] = values
        return gradient(network).copy()

    variables = network.variables().values()
    arrays = {"arrays": [(v.size, v.value.ndim > 1 or both) for v in variables]} if name == "lamb" else {}
    others = {**arrays, "lr": RATES.get(name, 0.05), "weight_decay": decay, **OTHERS.get(name, {})}
    expected = TEXTBOOK[name](network.values.copy(), slope, 10, lambda step: {}, **others)
    np.testing.assert_allclose(taught(name, both).values, expected, rtol=1e-9, atol=1e-12)


def test_each_variable_says_whether_it_is_a_weight():
    block = Residual([Conv2D(2, 1), GroupNorm(2)], [Conv2D(2, 1, bias=False)])
    network = Network([Scale(), block, BatchNorm(), LayerNorm()], (2, 3, 3))
    assert {name for name, variable in network.variables().items() if variable.decays} == {
        "1.layers.0.weight",
        "1.shortcut.0.weight",
    }
    words = Network([Dense(2)], (3,), embeddings=[Embedding("colour", 4)])
    assert [name for name, variable in words.variables().items() if variable.decays] == [
        "embedding.colour.weight",
        "0.weight",
    ]
    assert [span.decays for span in Network([Conv1D(2, 1)], (1, 3)).spans] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "runs"), [({}, 4), ({"decay_bias_and_norm": True}, 1), ({"weight_decay": 0.0}, 1)]
)
def test_a_step_goes_through_as_few_blocks_as_there_are_decays(arguments, runs):
    network = Network([Dense(4), Dense(2)], (3,))
    assert len(AdamW(0.1, **arguments).lay_out(network.spans)) == runs


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_sgd_and_adam_decay_everything_by_default_as_in_pytorch(name):
    assert OPTIMIZERS[name](lr=0.1).decay_bias_and_norm == (name in ("sgd", "adam"))
