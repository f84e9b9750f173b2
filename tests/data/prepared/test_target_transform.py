"""Values to predict, brought to mean 0 and deviation 1 and back without a loss."""

from __future__ import annotations

import json

import numpy as np
import pytest

from nnfs_cli.data.encode.target_transform import TargetTransform

RNG = np.random.default_rng(0)
PRICES = RNG.normal([300_000, 1e6, 0], [60_000, 1, 1e-3], (200, 3))


def test_each_output_has_mean_0_and_deviation_1_and_comes_back():
    transform = TargetTransform.fit(PRICES, 3)
    np.testing.assert_allclose(transform.mean, PRICES.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(transform.deviation, PRICES.std(axis=0), rtol=1e-12)
    y = transform.apply(PRICES)
    np.testing.assert_allclose(y, (PRICES - PRICES.mean(axis=0)) / PRICES.std(axis=0), atol=1e-9)
    assert y.dtype == np.float64
    np.testing.assert_allclose(transform.invert(y), PRICES, rtol=1e-14, atol=1e-18)


def test_single_precision_is_measured_in_double():
    y = (1e6 + np.arange(1000.0)[:, None] % 7).astype(np.float32)
    transform = TargetTransform.fit(y, y.shape[1])
    assert transform.mean.item() == pytest.approx(y.astype(np.float64).mean(), rel=1e-12)
    assert transform.deviation.item() == pytest.approx(y.astype(np.float64).std(), rel=1e-12)


@pytest.mark.parametrize("level", [0.0, 0.1, 1e-300, 300_000.1])
def test_an_output_that_does_not_vary_keeps_its_unit(level):
    y = np.stack([np.full(7, level), np.arange(7.0)], axis=1)
    transform = TargetTransform.fit(y, y.shape[1])
    assert transform.deviation.tolist() == [1, 2]
    np.testing.assert_allclose(transform.apply(y)[:, 0], 0, atol=1e-9)
    assert transform.invert(np.zeros((1, 2)))[0, 0] == pytest.approx(level, rel=1e-15)


def test_differences_too_small_to_measure_divide_nothing():
    transform = TargetTransform.fit(np.array([[0.0], [1e-320]]), 1)
    assert np.isfinite(transform.apply(np.array([[1e-320]]))).all()


def test_none_changes_nothing():
    transform = TargetTransform.none(PRICES, 3)
    np.testing.assert_array_equal(transform.apply(PRICES), PRICES)
    np.testing.assert_array_equal(transform.invert(PRICES), PRICES)


def test_json_keeps_every_bit():
    fitted = TargetTransform.fit(PRICES, 3)
    left = TargetTransform.none(PRICES, 3)
    for transform in (fitted, left):
        again = TargetTransform.from_json(json.loads(json.dumps(transform.to_json())), 3)
        for name in ("mean", "deviation", "centre"):
            assert getattr(again, name).tobytes() == getattr(transform, name).tobytes()


@pytest.mark.parametrize(
    ("mean", "deviation", "words"),
    [
        ([0], [1, 1], "is not of 2 targets"),
        ([0, 0], [1], "is not of 2 targets"),
        ([[0, 0]], [[1, 1]], "is not of 2 targets"),
        ([0, np.nan], [1, 1], "is not finite"),
        ([0, 0], [1, np.inf], "is not finite"),
        ([0, 0], [1, 0], "deviations that are not above 0"),
        ([0, 0], [1, -1], "deviations that are not above 0"),
    ],
)
def test_refuses_what_no_training_gives(mean, deviation, words):
    with pytest.raises(ValueError, match=words):
        TargetTransform.from_json({"mean": mean, "deviation": deviation, "centre": mean}, 2)
