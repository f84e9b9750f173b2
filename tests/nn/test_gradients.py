"""The gradient check itself: it must see a wrong gradient, and pass a right one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nn.gradients import assert_gradient


@pytest.fixture
def point() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((20, 30))


def test_passes_the_exact_gradient(point):
    for seed in range(10):
        assert_gradient(lambda: np.sin(point).sum(), point, np.cos(point), seed=seed)


def test_passes_the_gradient_of_a_constant(point):
    assert_gradient(lambda: 3.0, point, np.zeros_like(point))


@pytest.mark.parametrize("factor", [1.0001, 0.9999, -1, 0, 2])
def test_refuses_a_gradient_that_is_off_by_a_factor(point, factor):
    with pytest.raises(AssertionError, match="the gradient says"):
        assert_gradient(lambda: np.sin(point).sum(), point, factor * np.cos(point))


def test_refuses_a_gradient_with_one_wrong_element(point):
    gradient = np.cos(point)
    gradient[3, 4] += 0.01
    with pytest.raises(AssertionError):
        assert_gradient(lambda: np.sin(point).sum(), point, gradient)


def test_refuses_nan(point):
    with pytest.raises(AssertionError):
        assert_gradient(lambda: np.sin(point).sum(), point, np.full_like(point, np.nan))


def test_evaluates_twice_and_puts_the_point_back(point):
    before, calls = point.copy(), []
    assert_gradient(lambda: calls.append(point.copy()) or np.sin(point).sum(), point, np.cos(point))
    assert len(calls) == 2
    assert (point == before).all()
