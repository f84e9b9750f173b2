"""MaxPool2D against nested loops, whatever the shapes, with many ties."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnfs_cli.nn.layers.max_pool import MaxPool2D
from tests.nn.layer_cases import random_gradient, ready, run
from tests.nn.oracles import max_pooling

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
images = st.tuples(st.integers(1, 2), st.integers(3, 7), st.integers(3, 7), st.integers(1, 3)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([-1.0, 0.0, 1.0]))
)


@given(x=images, size=pairs, stride=pairs)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_equals_nested_loops(x, size, stride):
    results = run(ready(MaxPool2D(size, stride), x.shape[:-1]), x)
    y, dx = max_pooling(x, size, stride, random_gradient(results["y"]))
    np.testing.assert_array_equal(results["y"], y)
    np.testing.assert_allclose(results["dx"], dx, atol=1e-12)


def test_stride_is_the_size_if_left_out():
    assert MaxPool2D((2, 3)).stride == (2, 3)
    assert MaxPool2D().build((3, 28, 28)) == (3, 14, 14)


def test_does_not_look_at_what_is_left_over():
    layer = ready(MaxPool2D(2), (1, 3, 3))
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    assert layer.forward(x).ravel() == [4]
    assert layer.backward(np.ones((1, 1, 1, 1))).ravel().tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_gradient_goes_to_the_first_of_equal_maxima():
    layer = ready(MaxPool2D(2), (1, 2, 2))
    layer.forward(np.ones((1, 2, 2, 1)))
    assert layer.backward(np.full((1, 1, 1, 1), 3.0)).ravel().tolist() == [3, 0, 0, 0]


def test_gradients_of_overlapping_windows_add_up():
    layer = ready(MaxPool2D(2, stride=1), (1, 2, 3))
    layer.forward(np.array([0.0, 9, 0, 0, 0, 0]).reshape(1, 2, 3, 1))
    assert layer.backward(np.array([2.0, 5]).reshape(1, 1, 2, 1)).ravel().tolist() == [0, 7, 0, 0, 0, 0]
