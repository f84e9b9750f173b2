"""Factors of the learning rate: where they come from, and that they make Adam learn as in the NTK parametrization."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.conv2d import Conv2D
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.layers.residual import Residual
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.adam import Adam

SCALED = "inverse_sqrt_fan_in"


def factors_of(network: Network) -> tuple[tuple[float, int], ...]:
    """What the rate is multiplied by, and for how many parameters on end that one block may hold."""
    return tuple((span.lr_factor, span.size) for span in Adam().lay_out(network.spans))


def test_a_network_without_factors_is_one_run():
    assert factors_of(Network([Dense(3), ReLU(), Dense(2)], (4,))) == ((1.0, 3 * 4 + 3 + 2 * 3 + 2),)


def test_equal_neighbours_are_one_run_within_blocks_too():
    block = Residual([Dense(4, lr_factor=2, bias_lr_factor=2)])
    network = Network([Scale(lr_factor=6), Dense(4, lr_factor=2, bias=False), block, Dense(2)], (4,))
    assert factors_of(network) == ((6.0, 4), (2.0, 16 + 16 + 4), (1.0, 2 * 4 + 2))


def test_the_fan_in_is_what_one_output_sums_over():
    network = Network([Conv2D(5, (2, 3), lr_factor=SCALED), Flatten(), Dense(1, lr_factor=SCALED)], (3, 4, 5))
    conv, conv_bias, dense, dense_bias = factors_of(network)
    assert conv == (pytest.approx(1 / math.sqrt(3 * 2 * 3)), 5 * 3 * 2 * 3)
    assert dense == (pytest.approx(1 / math.sqrt(5 * 3 * 3)), 5 * 3 * 3)
    assert (conv_bias, dense_bias) == ((1.0, 5), (1.0, 1))


def test_a_network_of_nothing_that_learns_has_no_factors():
    assert factors_of(Network([ReLU()], (4,))) == ()


@pytest.mark.parametrize(("key", "value"), [("lr_factor", 0), ("lr_factor", "fan_in"), ("bias_lr_factor", SCALED)])
def test_refuses_what_is_no_factor(key, value):
    with pytest.raises(ConfigError, match=f"^dense: {key}: expected a number from 1e-30 to 1e30"):
        Dense(3, **{key: value})


def test_adam_learns_as_in_the_neural_tangent_parametrization():
    """Two layers y = V x / sqrt(fan_in), each V learned at the plain rate; eps is so small that it does not count."""
    rng, lr, sizes = np.random.default_rng(3), 0.01, (5, 7, 2)
    x, target = rng.standard_normal((5, 9)), rng.standard_normal((2, 9))
    layers = [Dense(7, bias=False, lr_factor=SCALED), ReLU(), Dense(2, bias=False, lr_factor=SCALED)]
    network = Network(layers, (5,), dtype=np.float64)
    network.allocate()
    ntk = [rng.standard_normal(shape) for shape in ((7, 5), (2, 7))]
    network.values[:] = np.concatenate([(v / math.sqrt(v.shape[1])).ravel() for v in ntk])
    adam = Adam(lr, eps=1e-30)
    adam.allocate(network.size, network.dtype, spans=network.spans)
    moments = [(np.zeros_like(v), np.zeros_like(v)) for v in ntk]
    for t in range(1, 31):
        network.backward(2 * (network.forward(x) - target))
        adam.step(network.values, network.grads, slice(0, network.size))
        hidden = ntk[0] @ x / math.sqrt(sizes[0])
        dy = 2 * (ntk[1] @ np.maximum(hidden, 0) / math.sqrt(sizes[1]) - target)
        dhidden = (ntk[1].T @ dy / math.sqrt(sizes[1])) * (hidden > 0)
        grads = [dhidden @ x.T / math.sqrt(sizes[0]), dy @ np.maximum(hidden, 0).T / math.sqrt(sizes[1])]
        for v, grad, (m, s) in zip(ntk, grads, moments, strict=True):
            m[:], s[:] = 0.9 * m + 0.1 * grad, 0.999 * s + 0.001 * grad**2
            v -= lr * (m / (1 - 0.9**t)) / np.sqrt(s / (1 - 0.999**t) + 1e-300)
    learned = [v / math.sqrt(v.shape[1]) for v in ntk]
    for own, expected in zip((layers[0], layers[2]), learned, strict=True):
        np.testing.assert_allclose(own.variables["weight"].value, expected, rtol=1e-9)
