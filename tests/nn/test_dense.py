"""Dense: one product by hand."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.dense import Dense
from nnfs_cli.nn.network import Network


def test_by_hand():
    layer = Dense(2)
    network = Network([layer], (3,), dtype=np.float64)
    network.allocate()
    network.values[...] = [1, 2, 3, 4, 5, 6, 10, 20]
    assert layer.forward(np.array([[1.0, 0], [0, 1], [-1, 0]])).tolist() == [[8, 12], [18, 25]]
    assert layer.backward(np.array([[1.0, 0], [0, 1]])).tolist() == [[1, 4], [2, 5], [3, 6]]
    assert network.grads.tolist() == [1, 0, -1, 0, 1, 0, 1, 1]


def test_multiply_adds():
    layer = Dense(10)
    layer.build((784,))
    assert layer.multiply_adds() == 7840
