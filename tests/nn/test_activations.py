"""Activations: their values, and their derivatives where a formula could go either way."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.mish import Mish
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.layers.selu import ALPHA, SCALE, SELU
from nnfs_cli.nn.network import Network
from tests.nn.gradients import assert_gradient
from tests.nn.layer_cases import TRAINING, random_batch

ACTIVATIONS = (SELU, Mish)
PYTORCH = np.array(
    [
        (-1000, -1.7580993408473766, 0, 0, 0),
        (-30, -1.758099340847212, 1.6451630773416182e-13, -2.807286890651921e-12, -2.713710660963392e-12),
        (-5, -1.7462533606696198, 0.011845980177756718, -0.033576237730161704, -0.026747498019901936),
        (-1, -1.1113307378125625, 0.646768603034814, -0.30340146137410895, 0.059216755877395014),
        (-0.25, -0.388890197478119, 1.3692091433692577, -0.129926963679141, 0.43981560172180506),
        (0, 0, 1.7580993408473766, 0, 0.6),
        (0.25, 0.2626752468388701, 1.0507009873554805, 0.1695724096638176, 0.7541726677205928),
        (1, 1.0507009873554805, 1.0507009873554805, 0.8650983882673103, 1.0490362200997922),
        (5, 5.253504936777402, 1.0507009873554805, 4.999552077529406, 1.0008002248320829),
        (30, 31.521029620664414, 1.0507009873554805, 30, 1),
        (1000, 1050.7009873554805, 1.0507009873554805, 1000, 1),
    ]
)
"""x, then y and dy/dx of each activation, computed with PyTorch 2.13 in float64."""


def test_relu_is_0_below_0_with_derivative_0_at_0():
    layer = ReLU()
    y = layer.forward(np.array([[-2.0, -0.0, 0.0, 3.0]]))
    assert y.tolist() == [[0, 0, 0, 3]]
    assert layer.backward(np.full((1, 4), 5.0)).tolist() == [[0, 0, 0, 5]]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_equals_pytorch(activation):
    layer, x, place = activation(), PYTORCH[:, :1].T.copy(), 1 + 2 * ACTIVATIONS.index(activation)
    y, slope = PYTORCH[:, place : place + 2].T
    np.testing.assert_allclose(layer.forward(x), [y], rtol=1e-14, atol=0)
    np.testing.assert_allclose(layer.backward(np.full_like(x, 2)), [2 * slope], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_numbers_stay_finite(activation, dtype):
    layer, most = activation(), np.finfo(dtype).max / 4
    x = np.array([[-most, -1e5, -104, -88, 88, 104, 1e5, most]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = layer.forward(x)
        slope = layer.backward(np.ones_like(x))
    unit = SCALE if activation is SELU else 1
    np.testing.assert_allclose(y[0, 4:], unit * x[0, 4:], rtol=1e-6)
    np.testing.assert_allclose(y[0, :4], -SCALE * ALPHA if activation is SELU else 0, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(slope, [[0] * 4 + [unit] * 4], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_derivative_of_an_activation_within_a_network_that_works_in_place(activation):
    """A dense layer before it lets it write over its output, and one after it needs what it gives."""
    network = Network([Dense(4), activation(), Dense(3), activation()], (5,), dtype=np.float64)
    network.allocate()
    network.initialize()
    x, dy = random_batch((5,), 6), random_batch((3,), 6)
    network.forward(x, TRAINING)
    network.backward(dy, TRAINING)
    assert_gradient(lambda: (network.forward(x) * dy).sum(), network.values, network.grads.copy())


def test_selu_keeps_mean_0_and_variance_1_from_layer_to_layer():
    """Klambauer et al., theorem 1: through eight layers of random weights, where ReLU would have lost the mean."""
    network = Network([layer for _ in range(8) for layer in (Dense(300), SELU())], (300,), dtype=np.float64)
    network.allocate()
    network.initialize()
    y = network.forward(random_batch((300,), 200))
    assert abs(y.mean()) < 0.1
    assert abs(y.var() - 1) < 0.15


@pytest.mark.parametrize("before", [Scale, Mish])
@pytest.mark.parametrize("activation", [ReLU, SELU])
def test_works_in_place_on_what_a_layer_before_it_needs_no_more(before, activation):
    layer = activation()
    Network([Dense(4), before(), layer, Dense(3)], (5,))
    assert layer.in_place
