"""Dropout: how much is dropped, from which random numbers, and when."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnfs_cli.errors import ConfigError
from nnfs_cli.nn.context import Context
from nnfs_cli.nn.layers.dropout import Dropout

SIZE = (100, 500)


def drawing(seed: int) -> Context:
    """The context of a training step with these random numbers."""
    return Context(training=True, random=lambda layer: np.random.default_rng(seed))


def dropped(rate: float, x: np.ndarray, seed: int = 0) -> np.ndarray:
    """The output while training."""
    return Dropout(rate).forward(x, drawing(seed))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_share_dropped_is_the_rate(rate):
    count = math.prod(SIZE)
    zeros = np.count_nonzero(dropped(rate, np.ones(SIZE)) == 0)
    assert abs(zeros - rate * count) < 4 * math.sqrt(count * rate * (1 - rate))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_scales_up_what_is_kept(rate):
    y = dropped(rate, np.ones(SIZE))
    np.testing.assert_allclose(y[y != 0], 1 / (1 - rate), rtol=1e-12)
    assert y.mean() == pytest.approx(1, abs=0.06)


def test_drops_every_element_by_itself():
    kept = dropped(0.5, np.ones(SIZE)) != 0
    assert np.ptp(kept.mean(axis=0)) > 0
    assert np.ptp(kept.mean(axis=1)) > 0


def test_is_off_when_not_training():
    x = np.ones(SIZE)
    np.testing.assert_array_equal(Dropout(0.5).forward(x), x)


def test_rate_0_drops_nothing_and_needs_no_random_numbers():
    layer, x = Dropout(0.0), np.ones(SIZE)
    np.testing.assert_array_equal(layer.forward(x, Context(training=True)), x)
    np.testing.assert_array_equal(layer.backward(x), x)


def test_a_context_without_random_numbers_is_refused():
    with pytest.raises(ConfigError, match="needs random numbers"):
        Dropout(0.5).forward(np.ones(SIZE), Context(training=True))


def test_equal_streams_give_equal_masks():
    x = np.ones(SIZE)
    np.testing.assert_array_equal(dropped(0.5, x, seed=3), dropped(0.5, x, seed=3))
    assert (dropped(0.5, x, seed=3) != dropped(0.5, x, seed=4)).any()


def test_masks_do_not_depend_on_the_dtype():
    double, single = dropped(0.5, np.ones(SIZE)), dropped(0.5, np.ones(SIZE, np.float32))
    np.testing.assert_array_equal(double, single)


def test_gradient_passes_through_the_same_mask():
    layer = Dropout(0.5)
    y = layer.forward(np.ones(SIZE), drawing(0))
    np.testing.assert_array_equal(layer.backward(np.full(SIZE, 3.0)), 3 * y)


@pytest.mark.parametrize("rate", [1.0, 1.5, -0.1, "0.5"])
def test_refuses_a_rate_that_leaves_nothing(rate):
    with pytest.raises(ConfigError) as refused:
        Dropout(rate)
    assert str(refused.value) == f"dropout: rate: expected a number, at least 0 and below 1, got {rate!r}"
