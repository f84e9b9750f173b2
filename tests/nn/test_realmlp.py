"""RealMLP-TD-S in small: twenty steps equal those of PyTorch, in double precision."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.mish import Mish
from nnfs_cli.nn.layers.scale import Scale
from nnfs_cli.nn.layers.selu import SELU
from nnfs_cli.nn.losses.cross_entropy import CrossEntropy
from nnfs_cli.nn.losses.mse import MSE
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.adam import Adam
from nnfs_cli.nn.schedulers.coslog4 import CosLog4

STEPS, BATCH = 20, 8
SLOW = {"lr_factor": "inverse_sqrt_fan_in", "bias_lr_factor": 0.1}


class Golden(NamedTuple):
    """What PyTorch 2.13 makes of it, with torch.optim.Adam and a parameter group for each factor of the rate.

    Attributes:
        losses: of steps 1, 7, 13, 19 and 20.
        scores: of the first two examples afterwards.
        sums: of the absolute values of each variable afterwards.
    """

    losses: list[float]
    scores: list[list[float]]
    sums: list[float]


CLASSES = Golden(
    [1.0986122886681098, 1.075695532500072, 1.0342117448527535, 0.9129453454752354, 0.8809855669364758],
    [
        [0.36840389564532494, 0.26937397383200873, -0.41716166118299475],
        [-0.5100648512262881, -0.5473847604646865, 0.6112733277505756],
    ],
    [
        11.282590814551803,
        8.229719744052016,
        2.7347162209480484,
        10.243221256255907,
        2.7204128530944285,
        1.5973159266328718,
        0.008852698614087221,
    ],
)
VALUES = Golden(
    [0.4485798236117229, 0.4344447850310595, 0.4260773125624521, 0.4118840571703255, 0.4262032768152213],
    [
        [0.1352406200116181, -0.03885971313672319, 0.3748543511562175],
        [0.34236910967655687, -0.1148116952727624, 0.5371693637156076],
    ],
    [
        8.205584294149752,
        7.830510073400908,
        2.7960685791122057,
        10.79211250871055,
        2.904151956843566,
        1.3195075752102567,
        0.0420636918180303,
    ],
)


def wave(*shape: int) -> np.ndarray:
    """Numbers of a formula that look random."""
    k = np.arange(math.prod(shape), dtype=np.float64)
    return np.sin(1 + 1.7 * k + 0.3 * k**2 % 7).reshape(shape)


def small(activation: type) -> Network:
    """Four features, two hidden layers of six, three outputs; weights of a formula."""
    layers = [
        Scale(lr_factor=6),
        *(Dense(6, **SLOW), activation(), Dense(6, **SLOW), activation()),
        Dense(3, init="zeros", **SLOW),
    ]
    network = Network(layers, (4,), dtype=np.float64)
    network.allocate()
    network.initialize()
    for layer in (layers[1], layers[3]):
        weight, bias = layer.variables["weight"], layer.variables["bias"]
        weight.value[:] = wave(*weight.shape) / math.sqrt(weight.shape[1])
        bias.value[:] = wave(*bias.shape)
    return network


@pytest.mark.parametrize(
    ("activation", "loss", "golden"), [(SELU, CrossEntropy(label_smoothing=0.1), CLASSES), (Mish, MSE(), VALUES)]
)
def test_twenty_steps_equal_pytorch(activation, loss, golden):
    network, adam, rate = small(activation), Adam(beta2=0.95), CosLog4(0.04).plan(STEPS, 2)["lr"]
    adam.allocate(network.size, network.dtype, spans=network.spans)
    x, target = wave(16, 4).T, np.arange(16) % 3 if activation is SELU else wave(16, 3).T
    losses = []
    for step in range(STEPS):
        batch = slice(BATCH * (step % 2), BATCH * (step % 2) + BATCH)
        adam.set("lr", rate.value(step))
        losses.append(loss.forward(network.forward(x[:, batch]), target[..., batch]).mean())
        network.backward(loss.backward(BATCH))
        adam.step(network.values, network.grads, slice(0, network.size))
    np.testing.assert_allclose([*losses[::6], losses[-1]], golden.losses, rtol=1e-9)
    np.testing.assert_allclose(network.forward(x[:, :2]).T, golden.scores, rtol=1e-9)
    sums = [np.abs(variable.value).sum() for variable in network.variables().values()]
    np.testing.assert_allclose(sums, golden.sums, rtol=1e-9)
