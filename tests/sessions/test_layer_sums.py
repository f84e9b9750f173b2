"""A layer that adds up over all workers computes what it would compute alone."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.context import PREDICTION, Context
from nnfs_cli.nn.layers.base import Layer
from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.layers.flatten import Flatten
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Array, Shape
from tests.sessions.trainers import losses, trainer


class Centred(Layer):
    """y = x - the mean of x over the batch, while training."""

    type_name = "centred"

    def build(self, input_shape: Shape) -> Shape:
        self.summed = input_shape[0] + 1
        return input_shape

    def forward(self, x: Array, context: Context = PREDICTION) -> Array:
        return x - self.mean(x, context) if context.training else x

    def backward(self, dy: Array, context: Context = PREDICTION, *, need_dx: bool = True) -> Array:
        return dy - self.mean(dy, context)

    def mean(self, x: Array, context: Context) -> Array:
        *total, count = context.sum(np.append(x.sum(axis=1), x.shape[1]))
        return np.array(total)[:, None] / count


def train(workers: int, count: int) -> tuple[list[float], np.ndarray]:
    centred = trainer([Flatten(), Dense(40), Centred(), Dense(10)], workers=workers, count=count)
    return losses(centred), centred.network.values


@pytest.mark.parametrize("count", [100, 97, 65])
def test_two_workers_compute_what_one_does(count):
    """65 = 4 * 16 + 1: in the last step one of the workers has no example."""
    alone, together = train(1, count), train(2, count)
    np.testing.assert_allclose(together[0], alone[0], rtol=1e-9)
    np.testing.assert_allclose(together[1], alone[1], rtol=1e-9, atol=1e-12)


def test_room_is_made_for_the_layer_that_adds_up_most():
    assert Network([Dense(40), Centred(), Dense(3), Centred()], (5,)).summed == 41
    assert Network([Dense(40)], (5,)).summed == 0
