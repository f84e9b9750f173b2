"""Activations: their values, and their derivatives where a formula could go either way."""

from __future__ import annotations

import numpy as np

from nnfs_cli.nn.layers.activations import ReLU


def test_relu_is_0_below_0_with_derivative_0_at_0():
    layer = ReLU()
    y = layer.forward(np.array([[-2.0, -0.0, 0.0, 3.0]]))
    assert y.tolist() == [[0, 0, 0, 3]]
    assert layer.backward(np.full((1, 4), 5.0)).tolist() == [[0, 0, 0, 5]]
