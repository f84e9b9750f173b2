"""Buffers of a layer: memory that is kept between calls, as much as the largest call needs."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.nn.layers.activations import ReLU
from nnfs_cli.nn.layers.base import Layer

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.fixture
def layer() -> Layer:
    return ReLU()


def test_the_same_call_gives_the_same_array(layer):
    assert layer.buffer("y", (3, 4), FLOAT32) is layer.buffer("y", (3, 4), FLOAT32)


def test_a_smaller_array_is_the_start_of_the_same_memory(layer):
    large, small = layer.buffer("y", (3, 4), FLOAT32), layer.buffer("y", (3, 2), FLOAT32)
    small[...] = 7
    assert large.ravel()[:6].tolist() == [7] * 6


def test_memory_that_was_too_small_is_forgotten(layer):
    layer.buffer("y", (3, 2), FLOAT32)
    large = layer.buffer("y", (3, 4), FLOAT32)
    assert np.shares_memory(layer.buffer("y", (3, 2), FLOAT32), large)


def test_names_and_layers_share_nothing(layer):
    y = layer.buffer("y", (3,), FLOAT32)
    assert not np.shares_memory(y, layer.buffer("dx", (3,), FLOAT32))
    assert not np.shares_memory(y, ReLU().buffer("y", (3,), FLOAT32))


@pytest.mark.parametrize(("first", "second"), [(FLOAT32, FLOAT64), (FLOAT64, FLOAT32)])
def test_has_the_dtype_asked_for(layer, first, second):
    assert layer.buffer("y", (8,), first).dtype == first
    assert layer.buffer("y", (2,), second).dtype == second
